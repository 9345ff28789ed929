import { expect } from 'chai'
import { refusal, refuses } from './kit.test.js'

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
