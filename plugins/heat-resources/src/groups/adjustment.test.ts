import { expect } from 'chai'
import fc from 'fast-check'
import { adjustedSize, adjustmentIn, adjustmentTypes, cfnAdjustmentTypes } from './adjustment.js'

const free = { least: 0, most: 1_000 }
const percent = (current: number, amount: number, leastStep: number | null = null): number =>
  adjustedSize(current, { type: 'percent_change_in_capacity', amount, leastStep }, free)

describe('An adjustment of a group', () => {
  it('changes the size by so many, or sets it', () => {
    expect(adjustedSize(4, { type: 'change_in_capacity', amount: -3, leastStep: null }, free)).to.equal(1)
    expect(adjustedSize(4, { type: 'exact_capacity', amount: 7, leastStep: null }, free)).to.equal(7)
  })

  it('has the same types as CloudFormation calls them', () => {
    const types = Object.keys(cfnAdjustmentTypes).map(type => adjustmentIn({ type, amount: 1 }).type)
    expect(types).to.deep.equal([...adjustmentTypes])
  })

  it('in per cent moves one member at least, and then whole ones only', () => {
    expect([percent(4, 10), percent(4, -10), percent(4, 40), percent(4, 0)]).to.deep.equal([5, 3, 5, 4])
    expect([percent(10, 10, 3), percent(10, -10, 3), percent(10, 50, 3)]).to.deep.equal([13, 7, 15])
    expect(percent(0, 50, 2)).to.equal(0)
  })

  it('stays within the limits, whatever it is', () =>
    fc.assert(
      fc.property(
        fc.nat(50),
        fc.constantFrom(...adjustmentTypes),
        fc.double({ min: -500, max: 500, noNaN: true }),
        fc.option(fc.nat(20)),
        fc.nat(20),
        fc.nat(20),
        (current, type, amount, leastStep, least, more) => {
          const size = adjustedSize(current, { type, amount, leastStep }, { least, most: least + more })
          expect(Number.isInteger(size)).to.equal(true)
          expect(size).to.be.within(least, least + more)
        },
      ),
    ))
})
