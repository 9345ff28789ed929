import { expect } from 'chai'
import { atOnce, type Pieces, Turns } from './pieces.js'

describe('pieces of work', () => {
  let now: number
  let turns: Turns
  beforeEach(() => {
    now = 0
    turns = new Turns(() => now)
  })

  /** Pieces that take so many milliseconds, by a clock that nothing else moves. */
  function* work(count: number, ms: number, each: () => void = () => undefined): Pieces<number> {
    for (let done = 0; done < count; done++) {
      now += ms
      each()
      yield
    }
    return count
  }

  /** Large works that have begun, and are never far from the next piece. */
  async function large(count: number, pieces: number, each: () => void): Promise<Promise<number>[]> {
    const all = Array.from({ length: count }, () => turns.all(work(pieces, 100, each)))
    await new Promise(resolve => setImmediate(resolve))
    return all
  }

  it('give their result, at once or in turns', async () => {
    expect(atOnce(work(3, 0))).to.equal(3)
    expect(await turns.all(work(3, 0))).to.equal(3)
  })

  it('throw what the work throws, and others go on', async () => {
    const fail = (): never => {
      throw new Error('broken')
    }
    const results = await Promise.allSettled([work(2, 15), work(1, 15, fail), work(2, 15)].map(one => turns.all(one)))
    expect(results.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('leave the event loop to others after each slice, however many works there are', async () => {
    let [over, sinceTurn, most] = [false, 0, 0]
    const turn = () => {
      sinceTurn = 0
      if (!over) setImmediate(turn)
    }
    turn()
    const each = () => {
      sinceTurn += 1
      most = Math.max(most, sinceTurn)
    }
    await Promise.all(Array.from({ length: 20 }, () => turns.all(work(5, 5, each))))
    over = true
    expect(most).to.equal(2)
  })

  it('do not let little work wait for all of the large', async () => {
    const order: string[] = []
    const works = await large(5, 10, () => order.push('large'))
    const little = turns.all(work(1, 0, () => order.push('little')))
    await Promise.all([...works, little])
    // Four have just come as well.
    expect(order.indexOf('little')).to.be.below(11)
  })

  it('are done for each project alike: little of one waits for one piece of the large of another, though that has much of it', async () => {
    const order: string[] = []
    const large = Array.from({ length: 8 }, (_, index) =>
      turns.all(
        work(4, 100, () => order.push('large')),
        { whose: index < 2 ? 'busy' : 'busier' },
      ),
    )
    await new Promise(resolve => setImmediate(resolve))
    const little = turns.all(
      work(1, 1, () => order.push('little')),
      { whose: 'other' },
    )
    await little
    expect(order.indexOf('little')).to.be.at.most(3)
    await Promise.all(large)
    // Both have had the same until one of them was done.
    expect(order).to.have.length(33)
  })

  it('go on, however much little work there is', async () => {
    const order: string[] = []
    const works = await large(1, 10, () => order.push('large'))
    const little = Array.from({ length: 40 }, () => turns.all(work(1, 50, () => order.push('little'))))
    await Promise.all([...works, ...little])
    expect(order.indexOf('large', 1)).to.be.below(6)
  })

  it('take a slice of time a turn, however small they are', async () => {
    let pieces = 0
    const works = await large(1, 20, () => {
      pieces += 1
    })
    const before = pieces
    await turns.all(work(60, 0.01))
    expect(pieces - before).to.be.at.most(2)
    await Promise.all(works)
  })

  it('of many little works are all done in one slice', async () => {
    let pieces = 0
    const works = await large(1, 20, () => {
      pieces += 1
    })
    const before = pieces
    await Promise.all(Array.from({ length: 60 }, () => turns.all(work(1, 0.01))))
    expect(pieces - before).to.be.at.most(2)
    await Promise.all(works)
  })

  it('wait for no piece of others where others wait for them', async () => {
    let pieces = 0
    const works = await large(5, 10, () => {
      pieces += 1
    })
    const before = pieces
    await turns.all(work(10, 50), { first: true })
    expect(pieces - before).to.equal(0)
    await Promise.all(works)
  })

  it('take turns like all others once they have gone first for too long', async () => {
    const order: string[] = []
    const works = await large(1, 10, () => order.push('large'))
    await Promise.all([
      ...works,
      turns.all(
        work(60, 100, () => order.push('first')),
        { first: true },
      ),
    ])
    expect(order.indexOf('large', 5)).to.be.within(38, 45)
    expect(order.at(-1)).to.equal('first')
  })

  it('do little work without waiting', async () => {
    let turned = false
    setImmediate(() => {
      turned = true
    })
    await turns.all(work(10, 0))
    expect(turned).to.equal(false)
  })
})
