import { readFileSync, writeFileSync } from 'node:fs'
import { type Daemon, templates, until } from '@hearth/conformance'
import { expect } from 'chai'
import { type EngineName, engines, Ground, leaseSeconds, type Stack } from './ground.js'

/** What a dead worker held is taken over within its lease and so much more. In milliseconds. */
const promisedMs = 1_000
/** A machine that does much else may take so much longer. Two leases are more than all of it. */
const allowedMs = 1_000
/** Of some, the quickest counts. */
const mostTries = 4

const died = 'Engine went down during stack CREATE'

/** What ledgers hold when the first worker, A, is at its second stage; and what its successor, B, adds to that. */
const begun = ['A made held', 'A went on after made held']
const goneOn: Readonly<Record<EngineName, readonly string[]>> = {
  convergence: [
    'B went on after made held',
    'B passed held',
    'B made after',
    'B went on after made after',
    'B passed after',
  ],
  legacy: [],
}

interface UnderWay {
  readonly engine: EngineName
  readonly stack: Stack
  /** What was done outside, in its order: `A made held`. */
  readonly ledger: () => string[]
}

describe('a step that is under way in a worker', () => {
  let ground: Ground
  let rounds = 0
  /** By process: what it is called in ledgers. */
  const names = new Map<string, string>()
  before(async () => {
    ground = await Ground.shared()
  })
  beforeEach(() => ground.haveWorkers(1))

  /** On both engines, beyond a cursor, in a worker that is alone: its rows say so. Then there is another worker, too. */
  async function begin(): Promise<{ gate: string; all: UnderWay[]; first: Daemon; second: Daemon; worker: string }> {
    const [first] = ground.workers as [Daemon]
    rounds += 1
    const gate = ground.path('gate')
    const all = await Promise.all(
      engines.map(async engine => {
        const file = ground.path('ledger')
        writeFileSync(file, '')
        const staged = (properties: object, more: object = {}) => ({
          type: 'Test::Staged',
          properties: { ledger: file, ...properties },
          ...more,
        })
        const resources = { held: staged({ gate }), after: staged({}, { depends_on: 'held' }) }
        const stack = await ground
          .front(engine)
          .api()
          .create(
            `${engine}-held-${rounds}`,
            templates.template(resources, { process: { get_attr: ['held', 'process'] } }),
          )
        const ledger = (): string[] =>
          readFileSync(file, 'utf8')
            .split('\n')
            .filter(line => line !== '')
            .map(line => line.replace(/^\d+/, pid => names.get(pid) ?? pid))
        return { engine, stack, ledger }
      }),
    )
    names.clear()
    names.set(String(first.process.pid), 'A')
    await until('both to be at their second stage', 20_000, async () =>
      all.every(({ ledger }) => ledger().length >= begun.length) ? true : undefined,
    )
    for (const { ledger } of all) expect(ledger()).to.deep.equal(begun)
    const second = await ground.startWorker()
    names.set(String(second.process.pid), 'B')
    const held = await ground.holding(
      'held',
      all.map(({ stack }) => stack),
    )
    expect(held.map(({ engine }) => engine)).to.have.members([...engines])
    for (const { host } of held) expect(ground.worker(host)).to.equal(first)
    return { gate, all, first, second, worker: held[0]?.worker ?? '' }
  }

  /** Convergence goes on; legacy says that it cannot. */
  async function expectTakenOver(all: readonly UnderWay[]): Promise<void> {
    for (const { engine, stack } of all) {
      if (engine === 'convergence') await stack.reaches('CREATE_COMPLETE')
      else expect((await stack.reaches('CREATE_FAILED')).stack_status_reason).to.equal(died)
    }
  }

  /** Milliseconds from the last sign of life of a worker to what its successor did, by the database's clock. */
  async function takenAfter({ engine, stack }: UnderWay, worker: string): Promise<number> {
    const [row] = await ground.ask<{ ms: number }>(
      `SELECT (extract(epoch FROM min(e.created_at) - w.heartbeat_at) * 1000)::float8 AS ms FROM event e, worker w
        WHERE e.stack_id = $1 AND e.status = $2 AND w.id = $3 GROUP BY w.heartbeat_at`,
      [stack.id, engine === 'convergence' ? 'COMPLETE' : 'FAILED', worker],
    )
    return row?.ms ?? Number.POSITIVE_INFINITY
  }

  it('goes on at its cursor in another one within a lease and a second of the last sign of life; on legacy it is FAILED by then', async function () {
    this.timeout(120_000)
    const took = new Map<EngineName, number[]>(engines.map(engine => [engine, []]))
    const quickest = (engine: EngineName): number => Math.min(...(took.get(engine) ?? []))
    const mostMs = leaseSeconds * 1000 + promisedMs
    for (let tries = 0; tries < mostTries && !engines.every(engine => quickest(engine) <= mostMs); tries++) {
      const { gate, all, first, worker } = await begin()
      await ground.dies(first)
      writeFileSync(gate, '')
      await expectTakenOver(all)
      for (const one of all) {
        const { engine, stack, ledger } = one
        const ms = await takenAfter(one, worker)
        took.get(engine)?.push(ms)
        // Never before the lease is over.
        expect(ms).to.be.at.least(leaseSeconds * 1000)
        expect(ledger(), engine).to.deep.equal([...begun, ...goneOn[engine]])
        await stack.delete()
        await stack.reaches('DELETE_COMPLETE')
        expect(ledger().slice(-1), engine).to.deep.equal(['B removed held'])
      }
    }
    for (const engine of engines)
      expect(quickest(engine), `${engine}: ${took.get(engine)?.join()}`).to.be.at.most(mostMs + allowedMs)
  })

  it('changes nothing any more when that worker was paused beyond its lease and goes on', async function () {
    this.timeout(60_000)
    const { gate, all, first, second } = await begin()
    first.signal('SIGSTOP')
    writeFileSync(gate, '')
    await expectTakenOver(all)
    const ids = all.map(({ stack }) => stack.id)
    /** Each row, and the transaction that wrote it. */
    const rows = async (): Promise<string[]> => {
      const tables = ['stack', 'resource', 'event', 'traversal', 'node', 'stack_lock']
      const each = await Promise.all(
        tables.map(table =>
          ground.ask<{ row: string }>(
            `SELECT xmin::text || ' ' || t::text AS row FROM ${table} t WHERE ${table === 'stack' ? 'id' : 'stack_id'} = ANY($1::uuid[])`,
            [ids],
          ),
        ),
      )
      return each.flatMap((found, index) => found.map(({ row }) => `${tables[index]} ${row}`)).sort()
    }
    await until('nothing of them to be under way', 10_000, async () =>
      (await rows()).some(row => /^(traversal|node|stack_lock) /.test(row)) ? undefined : true,
    )
    const before = await rows()

    first.signal('SIGCONT')
    const late = ['A passed held', 'A was refused held']
    await until('what it was at to end', 20_000, async () =>
      all.every(({ ledger }) => ledger().some(line => late[1] === line)) ? true : undefined,
    )
    await until('it to come back under a new id', 20_000, async () =>
      /comes back under a new id/.test(first.log) ? true : undefined,
    )
    // All that it was about to write has been tried by then.
    expect(await first.end()).to.equal(0)
    expect(await rows()).to.deep.equal(before)
    for (const { engine, stack, ledger } of all) {
      expect(ledger(), engine).to.deep.equal([...begun, ...goneOn[engine], ...late])
      if (engine === 'convergence') expect(await stack.outputs()).to.deep.equal({ process: String(second.process.pid) })
      await stack.delete()
      await stack.reaches('DELETE_COMPLETE')
    }
    ground.workers.splice(ground.workers.indexOf(first), 1)
    await first.remove()
  })
})
