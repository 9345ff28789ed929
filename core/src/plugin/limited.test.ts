import { expect } from 'chai'
import { limited } from './limited.js'

describe('Work with a limit', () => {
  it('goes in turn, so much at once, and what is urgent first', async () => {
    const inTurn = limited(2)
    const begun: string[] = []
    const ends: (() => void)[] = []
    const work = (name: string, urgent?: boolean): Promise<void> =>
      inTurn(() => {
        begun.push(name)
        return new Promise(resolve => ends.push(resolve))
      }, urgent)
    const all = [work('a'), work('b'), work('c'), work('d'), work('e', true)]
    for (let end = ends.shift(); end !== undefined; end = ends.shift()) {
      end()
      await new Promise(resolve => setImmediate(resolve))
    }
    await Promise.all(all)
    expect(begun).to.deep.equal(['a', 'b', 'e', 'c', 'd'])
  })

  it('leaves the queue when it is told to stop, and holds up nobody by that', async () => {
    const inTurn = limited(1)
    const begun: string[] = []
    let end = (): void => undefined
    const first = inTurn(() => new Promise<void>(resolve => (end = resolve)))
    const stop = new AbortController()
    const left = inTurn(async () => begun.push('left'), false, stop.signal)
    const never = inTurn(async () => begun.push('never'), false, AbortSignal.abort())
    const last = inTurn(async () => begun.push('last'), false, new AbortController().signal)
    stop.abort()
    for (const one of [left, never]) {
      expect(await one.catch((error: Error) => error.message)).to.equal('it was told to stop before its turn came')
    }
    end()
    await Promise.all([first, last])
    await inTurn(async () => begun.push('afterwards'))
    expect(begun).to.deep.equal(['last', 'afterwards'])
  })

  it('goes on after work that fails', async () => {
    const inTurn = limited(1)
    const failing = inTurn(() => Promise.reject(new Error('no')))
    const next = inTurn(async () => 'done')
    expect(await failing.catch((error: Error) => error.message)).to.equal('no')
    expect(await next).to.equal('done')
  })
})
