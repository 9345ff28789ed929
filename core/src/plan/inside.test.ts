import { expect } from 'chai'
import type { ChangeKind, ForeseenChange } from './changes.js'
import { asUncertainAs, fateOf, untold } from './inside.js'

const change = (kind: ChangeKind, may: readonly ChangeKind[] = []): ForeseenChange => ({
  kind,
  may,
  name: 'a',
  type: 'T',
  ...(kind === 'added' ? {} : { incarnation: { id: '1' } as ForeseenChange['incarnation'] & object }),
})
const told = ({ kind, may }: ForeseenChange) => [kind, ...may]

describe('what is foreseen of a stack inside', () => {
  it('is as it is in place, while the resource around is certain to stay', () => {
    const fate = fateOf(change('updated'))
    expect(fate).to.deep.equal({ inPlace: true, mayBeReplaced: false, mayBeGone: false })
    expect(told(asUncertainAs(fate, change('updated', ['unchanged'])))).to.deep.equal(['updated', 'unchanged'])
  })

  it('may be replaced where the resource around may be', () => {
    const fate = fateOf(change('replaced', ['updated']))
    expect(fate).to.include({ inPlace: true, mayBeReplaced: true })
    expect(told(asUncertainAs(fate, change('unchanged')))).to.deep.equal(['replaced', 'unchanged'])
    expect(told(asUncertainAs(fate, change('deleted')))).to.deep.equal(['deleted'])
    expect(told(asUncertainAs(fate, change('added')))).to.deep.equal(['added'])
  })

  it('may be deleted, or stay away, where the resource around may', () => {
    expect(told(asUncertainAs(fateOf(change('updated', ['deleted'])), change('unchanged')))).to.deep.equal([
      'unchanged',
      'deleted',
    ])
    expect(told(asUncertainAs(fateOf(change('added', ['unchanged'])), change('added')))).to.deep.equal([
      'added',
      'unchanged',
    ])
  })

  it('is not in place where the resource around is replaced or new', () => {
    expect(fateOf(change('replaced')).inPlace).to.equal(false)
    expect(fateOf(change('added')).inPlace).to.equal(false)
  })

  it('may become anything while it cannot be told what the stack is to be', () => {
    expect(told(untold(change('deleted')))).to.have.members(['unchanged', 'updated', 'replaced', 'deleted'])
  })
})
