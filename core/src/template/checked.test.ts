import { expect } from 'chai'
import type { Constraint } from '../plugin/constraint.js'
import { NamedConstraints } from '../resource/properties/named-constraints.js'
import { checked, type Checking } from './checked.js'

describe('work that checks values', () => {
  let asked: number
  const constraint: Constraint = {
    name: 'acme.image',
    ask: async () => {
      asked += 1
      return undefined
    },
  }
  beforeEach(() => {
    asked = 0
  })

  /** Asks for the values, and takes so many steps each time. */
  const work = (steps: number, values: readonly string[]) =>
    function* ({ checks, allowance }: Checking) {
      for (const value of values) {
        checks.refuse('acme.image', value)
        yield
      }
      allowance.take('yaql', steps)
      return 'done'
    }
  const language = () => ({
    constraints: new NamedConstraints(new Map([['acme.image', constraint]]), () => 0),
    steps: 10,
  })
  const outcome = (steps: number, values: readonly string[]): Promise<string> =>
    checked(language(), work(steps, values)).catch((error: Error) => error.message)

  it('has one allowance, however often it is done for the answers of constraints', async () => {
    expect(await outcome(10, [])).to.equal('done')
    expect(await outcome(5, ['a', 'b'])).to.equal('done')
    expect(asked).to.equal(2)
    expect(await outcome(6, ['a'])).to.contain('more than 10 steps in all of the template')
  })

  it('asks nobody once it has used its allowance', async () => {
    expect(await outcome(11, ['a'])).to.contain('more than 10 steps in all of the template')
    expect(asked).to.equal(0)
  })
})
