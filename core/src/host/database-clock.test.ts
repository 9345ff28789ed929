import type { Database } from '@hearth/db'
import { expect } from 'chai'
import type { Logger } from '../plugin/index.js'
import type { HostClock } from './clock.js'
import { DatabaseClock } from './database-clock.js'

describe('the clock of the database, as a daemon tells it', () => {
  let own: number
  /** How far the clock of the host has jumped. */
  let jump: number
  let theirs: number
  let answerMs: number
  let timer: (() => void) | undefined
  let said: string[]
  let clock: DatabaseClock
  beforeEach(() => {
    own = 1_000_000
    jump = 0
    theirs = 1_600_000
    answerMs = 20
    said = []
    const base: HostClock = {
      now: () => own,
      wall: () => own + jump,
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

  it('does not jump with the clock of the host, and says once how that one is, and that it is right again', async () => {
    await clock.start()
    jump = 300_000
    expect(clock.now()).to.equal(theirs)
    await later()
    await later()
    jump = 600_000
    await later()
    await later()
    expect(clock.now()).to.equal(theirs)
    expect(said).to.deep.equal([
      "The clock of this host is 600.0 s behind the database's, which is the one that counts",
      "The clock of this host is 300.0 s behind the database's, which is the one that counts",
      'The clock of this host is right again',
    ])
  })

  it('is compared at once when its own has stood still and the one of the host has not', async () => {
    await clock.start()
    theirs += 300_000
    jump = 300_000
    clock.now()
    await new Promise(resolve => setImmediate(resolve))
    expect(clock.now()).to.equal(theirs)
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
