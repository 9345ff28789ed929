import { expect } from 'chai'
import { Outage } from '../host/outage.js'
import type { Clock, Logger } from '../plugin/index.js'
import { Availability } from './availability.js'

describe('The availability of the database', () => {
  let there: boolean
  let room: boolean
  let now: number
  let pings: number
  let timers: (() => void)[]
  let said: string[]
  let availability: Availability

  beforeEach(() => {
    ;[there, room, now, pings, timers, said] = [true, true, 0, 0, [], []]
    const db = {
      ping: async () => {
        pings++
        return there
      },
      hasRoom: async () => room,
    }
    const clock: Clock = {
      now: () => 0,
      after(_ms, fn) {
        timers.push(fn)
        return () => {
          timers = timers.filter(other => other !== fn)
        }
      },
    }
    const say = (_: object, message: string): void => void said.push(message)
    const outage = new Outage({ info: say, error: say } as unknown as Logger, () => now)
    availability = new Availability(db, clock, outage, { trouble: undefined })
  })

  /** Lets the patience of all requests end. */
  async function wait(): Promise<void> {
    const due = timers
    timers = []
    for (const fn of due) fn()
    await new Promise(setImmediate)
  }
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

  it('is said once when it goes and once when it is back, however many requests there are', async () => {
    there = false
    for (let times = 0; times < 3; times++) {
      expect(availability.isAway(refused)).to.equal(true)
      // What needs no database is answered meanwhile.
      availability.answered()
      await new Promise(setImmediate)
    }
    expect(said).to.have.length(1)
    there = true
    availability.answered()
    await new Promise(setImmediate)
    availability.answered()
    await new Promise(setImmediate)
    expect(said.at(-1)).to.equal('The database can be reached again')
    expect([said.length, pings]).to.deep.equal([2, 4])
    expect(availability.isAway(new Error('duplicate key'))).to.equal(false)
  })

  it('is bad while there is no room for what is written, and is asked for once nothing was refused for a while', async () => {
    const full = Object.assign(new Error('No space left on device'), { code: '53100' })
    expect(await availability.trouble()).to.equal(undefined)
    expect(availability.isFull(full)).to.equal(true)
    // Something small may find room meanwhile; what was refused would not.
    expect(await availability.trouble()).to.equal('The database has no room')
    ;[room, now] = [false, 6_000]
    expect(await availability.trouble()).to.equal('The database has no room')
    room = true
    availability.answered()
    await new Promise(setImmediate)
    expect(await availability.trouble()).to.equal(undefined)
    expect(said.map(line => line.split(/[:;]/)[0])).to.deep.equal([
      'The database has no room',
      'The database has room again',
    ])
    there = false
    expect(await availability.trouble()).to.equal('The database does not answer')
  })

  it('lets a request wait for as long as the database answers', async () => {
    let finish: (value: string) => void = () => undefined
    const answer = availability.unlessSilent(
      new Promise<string>(resolve => {
        finish = resolve
      }),
    )
    await wait()
    await wait()
    expect(timers).to.have.length(1)
    finish('late')
    expect(await answer).to.equal('late')
    expect(timers).to.have.length(0)
    expect(said).to.have.length(0)
  })

  it('ends a request that waits for a database which says nothing', async () => {
    const answer = availability.unlessSilent(new Promise(() => undefined)).catch((error: unknown) => error)
    there = false
    await wait()
    expect(availability.isAway(await answer)).to.equal(true)
    expect(timers).to.have.length(0)
    expect(said).to.have.length(1)
  })

  it('leaves answers and failures as they are', async () => {
    expect(await availability.unlessSilent(Promise.resolve(1))).to.equal(1)
    const failure = await availability.unlessSilent(Promise.reject(refused)).catch((error: unknown) => error)
    expect(failure).to.equal(refused)
    expect([timers.length, pings]).to.deep.equal([0, 0])
  })
})
