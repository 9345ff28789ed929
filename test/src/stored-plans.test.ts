import { randomUUID } from 'node:crypto'
import {
  type Clock,
  type Lifecycle,
  mostDeaths,
  type Plan,
  type PlanOperation,
  type StepEnd,
  StoredPlans,
  StoredSteps,
  type TakenStep,
  type Transaction,
} from '@hearth/core/plugin'
import { coreMigrations, HearthDatabase, migrate, workers } from '@hearth/db'
import { TestServer } from '@hearth/db/testing'
import { expect } from 'chai'
import fc from 'fast-check'

const plans = new StoredPlans('tape-robot')
const steps = new StoredSteps('tape-robot')
const parts = {
  lifecycle: { write: async () => undefined } as unknown as Lifecycle,
  clock: { now: () => Date.now() } as Clock,
}

describe('stored plans', () => {
  let server: TestServer
  let db: HearthDatabase
  before(async () => {
    server = await TestServer.start()
    db = new HearthDatabase({ url: await server.createDatabase(), maxPoolSize: 4 })
    await migrate(db, [coreMigrations])
    await db.transaction(tx => plans.create(tx))
  })
  after(async () => {
    await db?.close()
    await server?.stop()
  })

  const inOne = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => db.transaction(work)

  /** @param edges for each node of a plan, what it requires. @returns the operation, and ids of what is ready. */
  async function placed(edges: readonly (readonly number[])[]): Promise<{ operation: PlanOperation; ready: string[] }> {
    const stack = { id: randomUUID(), rootId: '', project: 'p', name: 's' }
    const operation = { kind: 'plan', id: randomUUID(), stack, timeoutSeconds: 60, underway: 'await' } as PlanOperation
    const nodes = edges.map(requires => ({ resource: randomUUID(), step: 'converge', requires }))
    for (const [index, { resource }] of nodes.entries()) {
      await db.query(`INSERT INTO resource (id, stack_id, root_id, name, type) VALUES ($1, $2, $2, $3, 'T')`, [
        resource,
        stack.id,
        `r${index}`,
      ])
    }
    const ready = await inOne(async tx => {
      await plans.add(operation, tx)
      return plans.place(operation, { nodes, added: [] } as unknown as Plan, tx)
    })
    return { operation, ready: ready.map(({ id }) => id) }
  }

  const take = (ids: readonly string[], worker: string) => inOne(tx => steps.take(ids, worker, tx))
  const takeSuspect = (worker: string) => inOne(tx => steps.takeSuspect(worker, tx))
  const end = (taken: readonly TakenStep[], how: StepEnd, worker: string) =>
    inOne(tx =>
      steps.end(
        taken.map(step => ({ step, result: { end: how } })),
        worker,
        parts,
        tx,
      ),
    )
  const current = async ({ stack }: PlanOperation) => (await inOne(tx => plans.read(stack.id, tx))).current

  async function register(worker: string): Promise<void> {
    await db.query(
      `INSERT INTO worker (id, host, hostname, roles, lease_seconds, report_interval) VALUES ($1, 'h', 'h', '{}', 4, 60)`,
      [worker],
    )
  }

  it('give out each step once, after all that it requires, and come to their end', async () => {
    const graphs = fc
      .array(fc.array(fc.nat(9), { maxLength: 3 }), { maxLength: 10 })
      .map(all => all.map((requires, index) => [...new Set(requires.filter(required => required < index))]))
    await fc.assert(
      fc.asyncProperty(graphs, async edges => {
        const worker = randomUUID()
        const { operation, ready } = await placed(edges)
        const done = new Set<string>()
        let next = ready
        while (next.length > 0) {
          const taken = await take(next, worker)
          expect(taken.map(({ id }) => id)).to.have.members(next)
          const waited = await plans.graph(operation.stack, db)
          for (const { resource } of taken) {
            expect(done.has(resource)).to.equal(false)
            expect(waited.find(node => node.resource === resource)?.waitsFor).to.deep.equal([])
          }
          const ends = await end(taken, { kind: 'done' }, worker)
          for (const { resource } of taken) done.add(resource)
          next = ends.ready.map(({ id }) => id)
        }
        expect(done.size).to.equal(edges.length)
        expect((await current(operation))?.end).to.deep.equal({ kind: 'complete' })
      }),
      { numRuns: 15 },
    )
  })

  it('drop what is written for a step that somebody else has taken since', async () => {
    const [one, two] = [randomUUID(), randomUUID()]
    const { operation, ready } = await placed([[], [0]])
    const first = await take(ready, one)
    await inOne(tx => steps.release([one], { died: false }, tx))
    const second = await take(ready, two)
    expect(await inOne(tx => steps.begin(first, one, tx))).to.deep.equal([])
    expect((await end(first, { kind: 'failed', reason: 'late' }, one)).gone).to.deep.equal([])
    expect((await current(operation))?.end).to.equal(null)
    expect((await end(second, { kind: 'done' }, two)).ready).to.have.length(1)
  })

  it('keep a step that waits from its time, or from a signal that has come meanwhile', async () => {
    const worker = randomUUID()
    const { operation, ready } = await placed([[]])
    const taken = await take(ready, worker)
    const resource = { id: (taken[0] as TakenStep).resource, stack: operation.stack.id }
    await inOne(tx => plans.wake([resource], tx))
    const early = await end(taken, { kind: 'parked', signals: 0, afterMs: 60_000 }, worker)
    expect(early.waiting).to.deep.equal([{ id: ready[0], afterMs: 0 }])
    const again = await take(ready, worker)
    const later = await end(again, { kind: 'parked', signals: 1, afterMs: 60_000 }, worker)
    expect(later.waiting[0]?.afterMs).to.be.greaterThan(50_000)
    const woken = await inOne(tx => plans.wake([resource], tx))
    expect(woken.map(({ id }) => id)).to.deep.equal(ready)
  })

  /** Long ago, by the clock of the database. */
  const silence = (worker: string) =>
    db.query(`UPDATE worker SET heartbeat_at = heartbeat_at - interval '1 hour' WHERE id = $1`, [worker])

  /**
   * Workers take the steps of a plan and are found dead, one after the other.
   * @param after what happens to each then. @returns how that plan ends.
   */
  async function deaths(count: number, after?: (worker: string) => Promise<unknown>) {
    const { operation, ready } = await placed([[], []])
    for (let death = 0; death < count; death++) {
      const worker = randomUUID()
      await register(worker)
      // What has been there twice is tried alone.
      const alone = death >= mostDeaths - 1
      expect(await take(ready, worker), `worker ${death}`).to.have.length(alone ? 0 : 2)
      expect(await steps.anySuspect(db)).to.equal(alone)
      if (alone) expect(await takeSuspect(worker)).to.have.length(1)
      await inOne(tx => steps.release([worker], { died: true }, tx))
      await after?.(worker)
    }
    const { end } = (await current(operation)) ?? {}
    // Others ask for suspects, too.
    await inOne(async tx => plans.drop((await plans.read(operation.stack.id, tx)).steps, tx))
    return end
  }

  it('blame a step for the third death only if nothing was beside it', async () => {
    const { operation, ready } = await placed([[], [], []])
    const die = async (takes: (worker: string) => Promise<readonly TakenStep[]>) => {
      const worker = randomUUID()
      await register(worker)
      const taken = await takes(worker)
      await inOne(tx => steps.release([worker], { died: true }, tx))
      return { taken, end: (await current(operation))?.end }
    }
    for (let death = 0; death < mostDeaths - 1; death++) await die(worker => take(ready, worker))
    const both = async (worker: string) => [...(await takeSuspect(worker)), ...(await takeSuspect(worker))]
    const company = await die(both)
    expect([company.taken.length, company.end]).to.deep.equal([2, null])
    const alone = await die(takeSuspect)
    expect(alone.taken[0]?.deaths).to.equal(mostDeaths)
    expect(alone.end).to.deep.include({ kind: 'failed' })
    await inOne(async tx => plans.drop((await plans.read(operation.stack.id, tx)).steps, tx))
  })

  it('fail with what was under way when its worker died, three times', async () => {
    expect(await deaths(mostDeaths - 1)).to.equal(null)
    expect(await deaths(mostDeaths)).to.deep.include({ kind: 'failed' })
  })

  it('count the dead, too, that nobody lists any more', async () => {
    const listed = async (worker: string) => (await workers.list(db)).some(({ id }) => id === worker)
    const end = await deaths(mostDeaths, async worker => {
      await silence(worker)
      expect(await listed(worker)).to.equal(true)
      await workers.clean(db)
      expect(await listed(worker)).to.equal(false)
    })
    expect(end).to.deep.include({ kind: 'failed' })
    const another = {
      id: randomUUID(),
      host: 'h',
      hostname: 'h',
      roles: [],
      leaseSeconds: 4,
      reportInterval: 60,
      plugins: [],
      engines: [],
    }
    const followed = await deaths(mostDeaths, async worker => {
      await silence(worker)
      await workers.register(db, { ...another, id: randomUUID() })
      expect(await listed(worker)).to.equal(false)
    })
    expect(followed).to.deep.include({ kind: 'failed' })
  })

  it('do not count a worker that comes back as one that has died', async () => {
    const ends = (worker: string) => workers.stop(db, worker)
    expect(await deaths(mostDeaths + 2, ends)).to.equal(null)
  })
})
