import { expect } from 'chai'
import { heeding, heedMs, Unheeded } from './heed.js'

describe('a step that is told to stop', () => {
  let timers: { ms: number; fn: () => void }[]
  let abort: AbortController
  beforeEach(() => {
    timers = []
    abort = new AbortController()
  })
  const after = (ms: number, fn: () => void): (() => void) => {
    const timer = { ms, fn }
    timers.push(timer)
    return () => {
      timers = timers.filter(other => other !== timer)
    }
  }
  const never = new Promise<never>(() => undefined)
  const ended = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error)

  it('is waited for a while, and no longer', async () => {
    const answer = ended(heeding(never, abort.signal, after))
    expect(timers).to.have.length(0)
    abort.abort('cancelled')
    expect(timers.map(({ ms }) => ms)).to.deep.equal([heedMs])
    timers[0]?.fn()
    expect(await answer).to.be.instanceOf(Unheeded)
  })

  it('is waited for no longer if it was told before it was called', async () => {
    abort.abort('timeout')
    const answer = ended(heeding(never, abort.signal, after))
    timers[0]?.fn()
    expect(await answer).to.be.instanceOf(Unheeded)
  })

  it('answers as it likes until then, and leaves no timer', async () => {
    const stopped = new Error('stopped')
    const answer = ended(
      heeding(
        new Promise((_, reject) => abort.signal.addEventListener('abort', () => reject(stopped))),
        abort.signal,
        after,
      ),
    )
    abort.abort('cancelled')
    expect(await answer).to.equal(stopped)
    expect(await heeding(Promise.resolve(1), new AbortController().signal, after)).to.equal(1)
    expect(timers).to.have.length(0)
  })
})
