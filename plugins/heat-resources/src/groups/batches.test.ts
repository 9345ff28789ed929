import { expect } from 'chai'
import fc from 'fast-check'
import { batches } from './batches.js'

const of = (target: number, current: number, maxBatchSize: number, minInService: number, surplus: 'leaves' | 'stays') =>
  [...batches({ target, current, upToDate: 0 }, { maxBatchSize, minInService }, surplus)].map(
    ({ size, fresh }) => `${size},${fresh}`,
  )

describe('the batches of a group', () => {
  it('are those of Heat', () => {
    const both = (...[target, current, size, least]: [number, number, number, number]) => {
      const leaves = of(target, current, size, least, 'leaves')
      expect(of(target, current, size, least, 'stays')).to.deep.equal(leaves)
      return leaves
    }
    expect(both(3, 3, 1, 0)).to.deep.equal(['3,1', '3,1', '3,1'])
    expect(both(3, 3, 1, 1)).to.deep.equal(['3,1', '3,1', '3,1'])
    expect(both(4, 2, 1, 0)).to.deep.equal(['3,1', '4,1', '4,1', '4,1'])
    expect(both(2, 4, 1, 2)).to.deep.equal(['3,1', '3,1', '2,0'])
    expect(both(3, 0, 2, 0)).to.deep.equal(['2,2', '3,1'])
    expect(both(0, 0, 1, 0)).to.deep.equal([])
  })

  it('go beyond the size to keep members in service; who is there only for that leaves, or stays', () => {
    expect(of(3, 3, 2, 2, 'leaves')).to.deep.equal(['4,2', '4,2', '3,0'])
    expect(of(3, 3, 2, 2, 'stays')).to.deep.equal(['4,2', '3,1'])
    expect(of(3, 3, 3, 3, 'leaves')).to.deep.equal(['6,3', '6,3', '3,0'])
    expect(of(3, 3, 3, 3, 'stays')).to.deep.equal(['6,3', '3,0'])
    expect(of(5, 5, 2, 4, 'leaves')).to.deep.equal(['6,2', '6,2', '6,2', '5,0'])
    expect(of(5, 5, 2, 4, 'stays')).to.deep.equal(['6,2', '6,2', '5,1'])
  })

  it('end at the target, are never larger than allowed, and leave enough in service', () =>
    fc.assert(
      fc.property(
        fc.nat(30),
        fc.nat(30),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(30),
        fc.constantFrom('leaves' as const, 'stays' as const),
        (target, current, maxBatchSize, minInService, surplus) => {
          const all = [...batches({ target, current, upToDate: 0 }, { maxBatchSize, minInService }, surplus)]
          expect(all.length).to.be.at.most(2 * Math.max(target, current) + 2)
          for (const { size, fresh } of all) {
            expect(fresh).to.be.at.most(maxBatchSize)
            expect(size - fresh).to.be.at.least(Math.min(minInService, target, current))
            expect(size).to.be.at.most(Math.max(target, current) + maxBatchSize)
          }
          expect(all.at(-1)?.size ?? current).to.equal(target)
        },
      ),
    ))
})
