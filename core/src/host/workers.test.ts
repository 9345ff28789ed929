import type { Database } from '@hearth/db'
import { expect } from 'chai'
import type { Clock, Logger, Options } from '../plugin/index.js'
import { WorkerRegistry } from './workers.js'

const leaseMs = 4_000

interface Row {
  id: string
  beat: number
  stopped: boolean
}

/** Statements of the worker store, answered from a list; time moves from timer to timer. */
class World {
  now = 0
  answers = true
  readonly rows: Row[] = []
  private readonly timers = new Set<{ at: number; fn: () => void }>()

  readonly clock: Clock = {
    now: () => this.now,
    after: (ms, fn) => {
      const timer = { at: this.now + ms, fn }
      this.timers.add(timer)
      return () => this.timers.delete(timer)
    },
  }

  readonly db = {
    query: async ({ name }: { name: string }, [id]: string[] = []) => {
      if (!this.answers) return new Promise(() => undefined)
      const alive = (row: Row): boolean => !row.stopped && row.beat > this.now - leaseMs
      const row = this.rows.find(one => one.id === id)
      switch (name) {
        case 'worker-register':
          this.rows.push({ id: id as string, beat: this.now, stopped: false })
          return []
        case 'worker-heartbeat':
          if (row === undefined || row.stopped) return []
          if (!alive(row) && this.rows.some(one => one !== row && one.beat > row.beat)) return []
          row.beat = this.now
          return [row]
        case 'worker-stop':
          if (row !== undefined) row.stopped = true
          return []
        default: {
          const ends = this.rows.filter(alive).map(({ beat }) => beat + leaseMs - this.now)
          const dead = this.rows.filter(one => !alive(one)).map(one => one.id)
          return [{ dead, nextMs: ends.length === 0 ? null : Math.min(...ends) }]
        }
      }
    },
  } as unknown as Database

  /** The process does nothing for so long; what was due meanwhile is so at once then. */
  async stall(ms: number): Promise<void> {
    this.now += ms
    const due = [...this.timers].filter(({ at }) => at <= this.now).sort((one, two) => one.at - two.at)
    for (const timer of due) {
      this.timers.delete(timer)
      timer.fn()
    }
    await this.pass(0)
  }

  async pass(ms: number): Promise<void> {
    const until = this.now + ms
    for (;;) {
      for (let turns = 0; turns < 5; turns++) await new Promise(resolve => setImmediate(resolve))
      const [next] = [...this.timers].filter(({ at }) => at <= until).sort((one, two) => one.at - two.at)
      if (next === undefined) break
      this.timers.delete(next)
      this.now = Math.max(this.now, next.at)
      next.fn()
    }
    this.now = until
  }
}

describe('a worker among others', () => {
  const options = {
    get: ({ name }: { name: string }) => (name === 'lease_seconds' ? leaseMs / 1000 : ['worker']),
  } as unknown as Options
  const log = { warn: () => undefined, error: () => undefined } as unknown as Logger
  let world: World
  let worker: WorkerRegistry
  let lost: number
  let dead: Map<string, number>

  beforeEach(async () => {
    world = new World()
    lost = 0
    dead = new Map()
    worker = new WorkerRegistry(world.db, options, world.clock, log, { ends: () => undefined }, () => [])
    worker.onLost(() => (lost += 1))
    worker.onDead(async ids => {
      for (const id of ids) if (!dead.has(id)) dead.set(id, world.now)
    })
    await worker.start()
    await worker.bury()
  })

  it('learns of a death within a second after the lease, whenever between two of its own heartbeats it came', async () => {
    for (let phase = 0; phase < 1_400; phase += 100) {
      await world.pass(phase)
      const id = `dies ${phase}`
      const died = world.now
      world.rows.push({ id, beat: died, stopped: false })
      await world.pass(leaseMs + 1_000)
      expect((dead.get(id) ?? Number.POSITIVE_INFINITY) - died, id).to.be.within(leaseMs, leaseMs + 1_000)
    }
    expect(lost).to.equal(0)
  })

  it('tells each engine of a death, though one before it fails', async () => {
    const other = new WorkerRegistry(world.db, options, world.clock, log, { ends: () => undefined }, () => [])
    const heard: string[] = []
    other.onDead(async () => {
      throw new Error('not now')
    })
    other.onDead(async ids => void heard.push(...ids))
    await other.start()
    expect(await other.bury().catch((error: Error) => error.message)).to.equal('not now')
    world.rows.push({ id: 'died', beat: world.now - leaseMs, stopped: false })
    await other.bury().catch(() => undefined)
    expect(heard).to.deep.equal(['died'])
  })

  it('drops its work when no heartbeat is answered for a lease, and claims nothing then', async () => {
    const { id } = worker
    await world.pass(10_000)
    expect([worker.alive, worker.id, lost]).to.deep.equal([true, id, 0])
    world.answers = false
    await world.pass(leaseMs)
    expect([worker.alive, lost]).to.deep.equal([false, 1])
    // A clock that is put back does not bring the lease back.
    world.now -= 3_600_000
    expect(worker.alive).to.equal(false)
  })

  it('goes on after doing nothing for longer than its lease, unless there was somebody to take over', async () => {
    const { id } = worker
    await world.pass(1_000)
    await world.stall(25_000)
    expect([worker.alive, worker.id, lost]).to.deep.equal([true, id, 0])
    world.rows.push({ id: 'another', beat: world.now + 10_000, stopped: false })
    await world.stall(25_000)
    expect([worker.alive, worker.id === id, lost]).to.deep.equal([true, false, 1])
  })

  it('drops its work after such a while if the database does not answer either', async () => {
    world.answers = false
    await world.stall(25_000)
    expect([worker.alive, lost]).to.deep.equal([false, 0])
    await world.pass(leaseMs / 2)
    expect([worker.alive, lost]).to.deep.equal([false, 1])
  })
})
