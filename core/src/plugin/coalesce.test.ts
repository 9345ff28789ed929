import { expect } from 'chai'
import fc from 'fast-check'
import { coalesce } from './coalesce.js'

describe('natural batching', () => {
  it('takes everything that arrives while a batch is in flight into the next one', async () => {
    const batches: number[][] = []
    let release = (): void => undefined
    const put = coalesce<number>(
      async items => {
        batches.push([...items])
        await new Promise<void>(resolve => {
          release = resolve
        })
      },
      { most: 100 },
    )
    const inFlight = async (count: number): Promise<void> => {
      while (batches.length < count) await new Promise(resolve => setImmediate(resolve))
    }
    const first = [put(1), put(2)]
    await inFlight(1)
    const second = [put(3), put(4), put(5)]
    release()
    await Promise.all(first)
    await inFlight(2)
    release()
    await Promise.all(second)
    expect(batches).to.deep.equal([
      [1, 2],
      [3, 4, 5],
    ])
  })

  it('rejects the items of the batch that failed, and goes on', async () => {
    const put = coalesce<number>(
      async items => {
        if (items.includes(1)) throw new Error('bad batch')
      },
      { most: 1 },
    )
    const results = await Promise.allSettled([put(1), put(2), put(3)])
    expect(results.map(({ status }) => status)).to.deep.equal(['rejected', 'fulfilled', 'fulfilled'])
  })

  it('loses nothing, repeats nothing and keeps the order', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), async (pauses, most) => {
        const seen: number[] = []
        const put = coalesce<number>(
          async items => {
            expect(items.length).to.be.within(1, most)
            seen.push(...items)
            await new Promise(resolve => setImmediate(resolve))
          },
          { most },
        )
        const answers: Promise<void>[] = []
        for (const [index, pause] of pauses.entries()) {
          answers.push(put(index))
          for (let turn = 0; turn < pause; turn++) await new Promise(resolve => setImmediate(resolve))
        }
        await Promise.all(answers)
        expect(seen).to.deep.equal(pauses.map((_, index) => index))
      }),
      { numRuns: 50 },
    ))
})
