import { expect } from 'chai'
import { parse } from './index.js'
import { refusal, refuses, run } from './kit.test.js'

describe('YAQL: what it may use', () => {
  refuses([
    ['9007199254740991 + 1', 'The whole number is beyond ±9007199254740991'],
    ['sequence()', 'Collection length exceeds 200 elements'],
    ['range(201)', 'Collection length exceeds 200 elements'],
    ['range(300).where($ > 250)', 'Collection length exceeds 200 elements'],
    ['"a" * 10000', 'Expression consumed too much memory'],
    ['range(100).select("abcdefghij" * 100).join("")', 'Expression consumed too much memory'],
    ['"{:>999999999}".format(1)', 'Expression consumed too much memory'],
  ])

  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, index]))
  for (const [expression, value] of [
    // A length is of what is made, without a limit; so is what is only handed on.
    ['range(100000).len()', 100_000],
    ['$.keys().len()', 300],
    ['$.items().len()', 300],
    ['[range(150), range(150)].flatten().len()', 300],
    ['range(150).selectMany([$, $, $]).len()', 450],
    ['range(150).select([$, $]).flatten().len()', 300],
    ['regex("a").searchAll("a" * 300).len()', 300],
    ['$.set(one, 1).len()', 301],
    ['(list(range(150)) * 2).insert(0, 1).len()', 301],
    ['("a" * 9900).len()', 9900],
    ['range(200).toSet().len()', 200],
    ['5 in range(300)', true],
    ['range(300).indexOf(7)', 7],
  ] as const) {
    it(`is no more than ${expression} needs`, () => expect(run(expression, many(300))).to.equal(value))
  }

  refuses([
    ['range(1000).count()', 'Collection length exceeds 200 elements'],
    ['range(1000).select($).len()', 'Collection length exceeds 200 elements'],
    ['[range(150), range(150)].flatten()', 'Collection length exceeds 200 elements'],
    ['range(150).selectMany([$, $]).sum()', 'Collection length exceeds 200 elements'],
    ['list(range(150), range(150)).len()', 'Collection length exceeds 200 elements'],
    ['("ä" * 9950).len()', 'Expression consumed too much memory'],
    ['("€" * 5000).len()', 'Expression consumed too much memory'],
    ['range(1000000).len()', 'The expression takes more than 250000 steps'],
  ])

  it('evaluates an argument once, also one that is null', () => {
    const steps = (depth: number): number => {
      let taken = 0
      const spend = (some: number): void => {
        taken += some
      }
      const expression = `${'dict().get('.repeat(depth)}$${')'.repeat(depth)}`
      expect(parse(expression).evaluate(null, { iterators: 200, memory: 10_000, spend })).to.equal(null)
      return taken
    }
    expect(steps(12)).to.be.below(3 * steps(6))
  })

  it('ends what would take too long', function () {
    this.timeout(60_000)
    // Not by the clock on the wall: others may use the machine.
    const start = process.cpuUsage()
    expect(refusal('range(200).select(range(200).select(range(200).select($ + 1).sum()).sum()).sum()')).to.contain(
      'steps',
    )
    expect(
      refusal(
        '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" =~ "(a*)*b" or range(200).select(range(200).select("a" =~ "(a|a)*$").len()).sum()',
      ),
    ).to.be.a('string')
    expect(process.cpuUsage(start).user / 1000).to.be.below(5000)
  })

  it('is not confused by deep expressions', () => {
    expect(refusal(`${'('.repeat(10_000)}1${')'.repeat(10_000)}`)).to.contain('levels')
    expect(refusal(Array.from({ length: 10_000 }, () => '1').join(' + '))).to.contain('levels')
    expect(refusal(`$${'.a'.repeat(10_000)}`)).to.contain('levels')
    expect(refusal(`${'not '.repeat(10_000)}1`)).to.contain('levels')
    expect(refusal('range(150).aggregate([$1, $2])')).to.contain('levels')
  })
})
