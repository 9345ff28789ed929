import { expect } from 'chai'
import { atOnce, inTurns, type Pieces } from './pieces.js'

/** Keeps the processor busy, as pieces of costly work do. */
function busy(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

function* work(count: number, ms: number, each: () => void = () => undefined): Pieces<number> {
  for (let done = 0; done < count; done++) {
    busy(ms)
    each()
    yield
  }
  return count
}

describe('pieces of work', () => {
  it('give their result, at once or in turns', async () => {
    expect(atOnce(work(3, 0))).to.equal(3)
    expect(await inTurns(work(3, 0))).to.equal(3)
  })

  it('throw what the work throws, and others go on', async () => {
    const fail = (): never => {
      throw new Error('broken')
    }
    const results = await Promise.allSettled([inTurns(work(2, 15)), inTurns(work(1, 15, fail)), inTurns(work(2, 15))])
    expect(results.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('leave the event loop to others, however many works there are', async () => {
    let [longest, before] = [0, performance.now()]
    const beat = setInterval(() => {
      longest = Math.max(longest, performance.now() - before)
      before = performance.now()
    }, 1)
    await Promise.all(Array.from({ length: 20 }, () => inTurns(work(5, 5))))
    clearInterval(beat)
    expect(longest).to.be.below(250)
  })

  it('do not let little work wait for all of the large', async () => {
    const order: string[] = []
    const large = Array.from({ length: 5 }, () => inTurns(work(10, 12)).then(() => order.push('large')))
    await new Promise(resolve => setImmediate(resolve))
    const little = inTurns(work(1, 0)).then(() => order.push('little'))
    await Promise.all([...large, little])
    expect(order[0]).to.equal('little')
  })

  it('do little work without waiting', async () => {
    let turned = false
    await new Promise(resolve => setImmediate(resolve))
    await new Promise(resolve => setImmediate(resolve))
    setImmediate(() => {
      turned = true
    })
    await inTurns(work(10, 0))
    expect(turned).to.equal(false)
  })
})
