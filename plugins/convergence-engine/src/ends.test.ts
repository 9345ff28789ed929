import { expect } from 'chai'
import { Ends } from './ends.js'
import type { FinishParts } from './finish.js'
import { endedTraversals } from './sql/tend.js'

describe('a traversal that cannot be ended', () => {
  let now: number
  let tries: number
  /** Polls for a minute, each second, while ending fails with this. @returns how often it was tried. */
  async function triedInAMinute(error: Error): Promise<number> {
    now = 0
    tries = 0
    const db = {
      query: async (asked: unknown) => (asked === endedTraversals ? [{ id: '1', stack: 's' }] : []),
      transaction: async () => {
        tries += 1
        throw error
      },
    }
    const parts = { db, clock: { now: () => now }, log: { error: () => undefined } }
    const ends = new Ends(parts as unknown as FinishParts, () => undefined)
    for (; now < 60_000; now += 1_000) await ends.due()
    return tries
  }

  it('is tried again after longer and longer pauses, if that says nothing of the database as a whole', async () => {
    // At 0, 1, 3, 7, 15 and 31 s.
    expect(await triedInAMinute(new Error('violates a constraint'))).to.equal(6)
  })

  it('is tried again at each poll while the database is away', async () => {
    const error = Object.assign(new Error('Connection terminated'), { name: 'SequelizeConnectionError' })
    expect(await triedInAMinute(error)).to.equal(60)
  })
})

describe('the end of a traversal that is under way', () => {
  it('is waited for by a worker that stops, before its database is closed', async () => {
    let answer = (_rows: unknown[]): void => undefined
    const db = { query: () => new Promise<unknown[]>(resolve => (answer = resolve)) }
    const ends = new Ends({ db, clock: { now: () => 0 } } as unknown as FinishParts, () => undefined)
    const told: string[] = []
    void ends.among(['1']).then(() => told.push('ended'))
    const idle = ends.idle().then(() => told.push('idle'))
    answer([])
    await idle
    expect(told).to.deep.equal(['ended', 'idle'])
    await ends.idle()
  })
})
