import { expect } from 'chai'
import { pick } from './choose.js'

const root = (id: string, project: string, name: string) => ({
  id,
  project,
  name,
  engine: 'legacy',
  rootId: id,
  rootName: name,
})
const nested = { ...root('3', 'p', 'child'), rootId: '1', rootName: 'web' }
const all = [root('1', 'p', 'web'), root('2', 'q', 'web'), nested, root('4', 'p', '2')]

describe('choosing stacks to move', () => {
  const reasons = (...words: string[]) => pick(words, all, undefined).unclear.map(({ reason }) => reason)

  it('takes an id before a name, and a stack once', () => {
    const { roots, unclear } = pick(['2', '2', '1'], all, undefined)
    expect(roots.map(({ id, project }) => `${id} ${project}`)).to.deep.equal(['2 q', '1 p'])
    expect(unclear).to.deep.equal([])
  })

  it('says what a word means in several projects', () => {
    expect(reasons('web')).to.deep.equal([
      'several projects have a stack of this name: 1 in p, 2 in q; give the id, or --project',
    ])
  })

  it('names the root of a nested stack', () => {
    expect(reasons('child')).to.deep.equal(['it is nested in web, and moves with it: name that one (1)'])
  })

  it('says where it has looked for what is not there', () => {
    expect(reasons('nowhere')).to.deep.equal(['no live stack has this name or id'])
    expect(pick(['nowhere'], all, 'p').unclear[0]?.reason).to.equal('no live stack of project p has this name or id')
  })
})
