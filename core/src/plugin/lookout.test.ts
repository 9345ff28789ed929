import { expect } from 'chai'
import { Lookout } from './lookout.js'
import type { Logger } from './services.js'

const turns = 12

describe('A lookout', () => {
  it('looks once more for whoever asks while it looks, at whatever moment', async () => {
    for (let moment = 0; moment < turns; moment++) {
      let looks = 0
      const lookout = new Lookout('test', {} as Logger, async () => {
        looks += 1
        if (looks === 1) void after(moment, () => void lookout.look())
      })
      lookout.start()
      await lookout.look()
      await after(2 * turns, () => undefined)
      await lookout.stop()
      expect(looks, `${moment}`).to.equal(2)
    }
  })
})

/** After so many turns of the queue of promises. */
async function after(count: number, work: () => void): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve()
  work()
}
