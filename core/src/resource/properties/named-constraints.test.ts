import { expect } from 'chai'
import type { Constraint } from '../../plugin/constraint.js'
import type { Json } from '../../plugin/json.js'
import { NamedConstraints } from './named-constraints.js'

/** Knows images, and remembers what it was asked. */
function images(known: readonly Json[]) {
  const asked: Json[] = []
  let open = 0
  let most = 0
  const constraint: Constraint = {
    name: 'acme.image',
    ask: async value => {
      asked.push(value)
      most = Math.max(most, ++open)
      await Promise.resolve()
      open--
      return known.includes(value) ? undefined : `there is no image ${JSON.stringify(value)}`
    },
  }
  return { constraint, asked, most: () => most }
}

const named = (constraints: readonly Constraint[], { now = (): number => 0, patience = 10_000 } = {}) =>
  new NamedConstraints(new Map(constraints.map(one => [one.name, one])), now, patience)

describe('constraints that have names', () => {
  it('answer at once, or are asked, each value once and many at the same time, before the work is done', async () => {
    const { constraint, asked, most } = images(['a', 'b'])
    const short: Constraint = {
      name: 'short',
      refuse: value => (JSON.stringify(value).length > 3 ? 'too long' : undefined),
    }
    const constraints = named([constraint, short])
    const answers = await constraints.answered(checks =>
      ['a', 'b', 'a', 'other'].map(value => [checks.refuse('acme.image', value), checks.refuse('short', value)]),
    )
    expect(answers).to.deep.equal([
      [undefined, undefined],
      [undefined, undefined],
      [undefined, undefined],
      ['there is no image "other"', 'too long'],
    ])
    expect(asked).to.deep.equal(['a', 'b', 'other'])
    expect(most()).to.equal(3)
  })

  it('may refuse what the work would find out only later', async () => {
    const { constraint } = images([])
    const work = named([constraint]).answered(checks => {
      const why = checks.refuse('acme.image', 'x')
      throw new Error(why ?? 'something else is wrong')
    })
    expect(await work.catch((error: Error) => error.message)).to.equal('there is no image "x"')
  })

  it('keep an answer for a minute, and tell whether one is missing', async () => {
    let now = 0
    const { constraint, asked } = images(['a'])
    const constraints = named([constraint], { now: () => now })
    const isMissing = (): boolean => {
      let missing = false
      constraints.noting(() => (missing = true)).refuse('acme.image', 'b')
      return missing
    }
    const ask = () => constraints.answered(checks => checks.refuse('acme.image', 'b'))
    expect([isMissing(), constraints.refuse('acme.image', 'b')]).to.deep.equal([true, undefined])
    expect(await ask()).to.equal('there is no image "b"')
    expect([isMissing(), constraints.refuse('acme.image', 'b')]).to.deep.equal([false, 'there is no image "b"'])
    await ask()
    now = 60_001
    expect(isMissing()).to.equal(true)
    await ask()
    expect(asked).to.deep.equal(['b', 'b'])
  })

  it('that cannot be asked, or do not answer in time, let no value pass', async () => {
    let aborted = 0
    const broken: Constraint = { name: 'broken', ask: () => Promise.reject(new Error('connect ECONNREFUSED')) }
    const silent: Constraint = {
      name: 'silent',
      ask: (_, signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => aborted++)
        }),
    }
    const constraints = named([broken, silent], { patience: 20 })
    const refusals = await constraints.answered(checks => [
      checks.refuse('broken', 1),
      ...Array.from({ length: 40 }, (_, value) => checks.refuse('silent', value)),
    ])
    expect(new Set(refusals)).to.deep.equal(
      new Set(['broken cannot be asked: connect ECONNREFUSED', 'silent did not answer within 0.02 seconds']),
    )
    expect(aborted, 'asked before the time was over').to.equal(16)
  })

  it('that are not there are named, with the service that they would ask, or the one that was meant', () => {
    const constraints = named([images([]).constraint])
    expect(constraints.absent('acme.image')).to.equal(undefined)
    expect(constraints.absent('acme.imgae')).to.equal('constraint not found (did you mean acme.image?)')
    expect(constraints.absent('nova.flavor')).to.contain('it asks the service nova')
  })
})
