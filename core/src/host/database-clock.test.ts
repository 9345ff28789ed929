import type { Database } from '@hearth/db'
import { expect } from 'chai'
import type { Clock, Logger } from '../plugin/index.js'
import { DatabaseClock } from './database-clock.js'

describe('the clock of the database, as a daemon tells it', () => {
  let own: number
  let theirs: number
  let answerMs: number
  let timer: (() => void) | undefined
  let said: string[]
  let clock: DatabaseClock
  beforeEach(() => {
    own = 1_000_000
    theirs = 1_600_000
    answerMs = 20
    said = []
    const base: Clock = {
      now: () => own,
      after: (_ms, fn) => {
        timer = fn
        return () => (timer = undefined)
      },
    }
    const query = async () => {
      own += answerMs / 2
      theirs += answerMs / 2
      const ms = theirs
      own += answerMs / 2
      theirs += answerMs / 2
      return [{ ms }]
    }
    const log = { warn: (_fields: object, message: string) => said.push(message) } as unknown as Logger
    clock = new DatabaseClock(base, { query } as unknown as Database, log)
  })
  const later = async (): Promise<void> => {
    timer?.()
    await new Promise(resolve => setImmediate(resolve))
  }

  it('differs from its own by what the two differed by when they were compared, and says so if that is much', async () => {
    expect(clock.now()).to.equal(own)
    await clock.start()
    expect(clock.now()).to.equal(theirs)
    own += 5_000
    expect(clock.now()).to.equal(theirs + 5_000)
    expect(said).to.deep.equal([
      "The clock of this host is 600.0 s behind the database's, which is the one that counts",
    ])
  })

  it('follows a clock that is put right, and does not repeat itself', async () => {
    await clock.start()
    own += 600_000
    await later()
    expect(clock.now()).to.equal(theirs)
    await later()
    expect(said).to.have.length(2)
  })

  it('does not trust an answer that was long on its way, unless it is the first', async () => {
    await clock.start()
    answerMs = 4_000
    theirs += 60_000
    const before = clock.now() - own
    await later()
    expect(clock.now() - own).to.equal(before)
  })

  it('asks no more once it is stopped', async () => {
    await clock.start()
    clock.stop()
    expect(timer).to.equal(undefined)
  })
})
