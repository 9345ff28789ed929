import { expect } from 'chai'
import { isIdle, sortEnds } from './ends.js'
import type { StepEnd } from './services.js'
import type { HeldStep } from './steps.js'

const step = (id: string): HeldStep => ({ id, token: 1, resource: `resource of ${id}`, step: 'converge' })
const ended = (id: string, end: StepEnd) => ({ step: step(id), result: { end, change: { resource: id } } })

describe('ended steps, sorted', () => {
  const batch = [
    ended('a', { kind: 'done' }),
    ended('b', { kind: 'failed', reason: 'no' }),
    ended('c', { kind: 'again', afterMs: 5 }),
    ended('d', { kind: 'parked', signals: 2, afterMs: 5 }),
    ended('e', { kind: 'replaced', resource: 'new' }),
  ]

  it('are done, have failed, wait, or go on with another resource', () => {
    const { changes, moved, waiting, failed, done } = sortEnds(batch, () => false)
    expect(changes.map(({ resource }) => resource).join('')).to.equal('abcde')
    expect(done).to.deep.equal([step('a')])
    expect(failed).to.deep.equal([{ step: step('b'), reason: 'no' }])
    expect(waiting.map(one => `${one.step.id} ${one.end.kind}`)).to.deep.equal(['c again', 'd parked'])
    expect(moved).to.deep.equal([{ ...step('e'), resource: 'new' }])
  })

  it('replace nothing once their operation is over, and are written all the same', () => {
    const { changes, moved, done } = sortEnds(batch, ({ id }) => id !== 'a')
    expect(changes.map(({ resource }) => resource).join('')).to.equal('abcd')
    expect([moved, done]).to.deep.equal([[], [step('a'), step('e')]])
  })

  it('are idle only at a hook', () => {
    const parked = { kind: 'parked', signals: 0, afterMs: 5 } as const
    expect([isIdle({ ...parked, idle: true }), isIdle(parked), isIdle({ kind: 'done' })]).to.deep.equal([
      true,
      false,
      false,
    ])
  })
})
