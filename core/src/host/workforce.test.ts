import type { Database } from '@hearth/db'
import { expect } from 'chai'
import type { Clock, Logger } from '../plugin/index.js'
import { Workforce } from './workforce.js'

describe('a daemon that only answers', () => {
  it('says once that nobody is there to carry out what it accepts, and once that somebody is', async () => {
    const said: string[] = []
    let up = true
    let timer: (() => void) | undefined
    const clock: Clock = { now: () => 0, after: (_ms, fn) => ((timer = fn), () => (timer = undefined)) }
    const say = (_: object, message: string): void => void said.push(message.slice(0, message.indexOf(':')))
    const db = { query: async () => [{ up }] } as unknown as Database
    const workforce = new Workforce(db, clock, { info: say, error: say } as unknown as Logger)
    workforce.start()
    for (const next of [true, false, false, true, true, false]) {
      up = next
      timer?.()
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(said).to.deep.equal(['No worker is up', 'A worker is up again', 'No worker is up'])
    workforce.stop()
    expect(timer).to.equal(undefined)
  })
})
