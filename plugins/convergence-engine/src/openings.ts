import {
  type Clock,
  deadlyReason,
  isPassing,
  type Lifecycle,
  Lookout,
  type Logger,
  mostDeaths,
  type OpenPlan,
  type Options,
  Pauses,
  type Transaction,
  unplannable,
  type Workers,
} from '@hearth/core/plugin'
import { type Batch, Opening } from './opening.js'
import { batchSize, projectShare } from './options.js'
import { placeNodes } from './place.js'
import { failTraversals } from './sql/complete.js'
import { endOpening, heldOpenings, holdOpening, releaseOpenings, returnOpenings, takeOpenings } from './sql/opening.js'
import { Turns } from './turns.js'
import { failOpening, patienceMs, placeUnopened, type Taken, type UnopenedParts } from './unopened.js'

/** Nodes of all plans that are kept in memory; one plan may have more. */
const mostNodes = 20_000
/** Batches that are being written: while the database is at one, the next one is worked out. */
const writesAtOnce = 3
export interface OpeningsParts extends UnopenedParts {
  readonly lifecycle: Lifecycle
  readonly workers: Workers
  readonly options: Options
  readonly clock: Clock
  readonly log: Logger
}

/** Somebody else has the traversal, or has ended it. */
class Overtaken extends Error {}

/** Carries out the openings of traversals: works out one batch at a time, and writes several. */
export class Openings {
  /** By traversal. */
  private readonly held = new Map<string, Opening>()
  private readonly turns = new Turns<Opening>()
  private readonly writes = new Set<Promise<void>>()
  /** Ids under which this process has lost what it held, though it lives. */
  private readonly former = new Set<string>()
  private readonly lookout: Lookout
  private open = false
  private taking = false
  /** There may be some that nobody holds. */
  private mayWait = false
  /** What could not be gone on with: nobody else need try it meanwhile. */
  private readonly pauses: Pauses
  /** Held by the rows, and by nobody here, when it was last looked. */
  private strays: ReadonlySet<string> = new Set()

  constructor(private readonly parts: OpeningsParts) {
    this.pauses = new Pauses(parts.clock)
    this.lookout = new Lookout('convergence: opening traversals', parts.log, () => this.lookAround())
  }

  start(): void {
    this.open = true
    this.lookout.start()
  }

  async stop(): Promise<void> {
    this.open = false
    await this.lookout.stop()
    await Promise.all(this.writes)
    this.drop()
    await this.parts.db.query(returnOpenings, [this.parts.workers.id, null])
  }

  look(): void {
    this.mayWait = true
    void this.lookout.look()
  }

  /** The worker that opens this plan: this one, or null while it has no room for it. */
  holderOf(plan: OpenPlan, project: string): string | null {
    const { options, workers } = this.parts
    if (!this.open || !workers.alive) return null
    const all = [...this.held.values()]
    const sizeOf = (some: readonly Opening[]): number => some.reduce((sum, { size }) => sum + size, plan.nodes.length)
    const own = all.filter(one => one.project === project)
    const hasRoom = all.length === 0 || sizeOf(all) <= mostNodes
    const hasShare = own.length === 0 || sizeOf(own) <= mostNodes * options.get(projectShare)
    return hasRoom && hasShare ? workers.id : null
  }

  /** From now on this process carries it out. */
  hold(opening: Opening): void {
    if (this.held.has(opening.id)) return
    this.held.set(opening.id, opening)
    this.turns.add(opening)
    void this.lookout.look()
  }

  /** Others may have what was held under the id of this worker. */
  loseAll(): void {
    this.former.add(this.parts.workers.id)
    this.drop()
  }

  /**
   * What nobody here works on, although the rows say so, is anybody's: an answer of the database was lost. It may also be on its
   * way, so it has to be found twice, and not while some are being taken.
   */
  async reconcile(): Promise<void> {
    const { db, workers } = this.parts
    if (this.taking) return
    const rows = await db.query<{ id: string }>(heldOpenings, [workers.id])
    if (this.taking) return
    const before = this.strays
    this.strays = new Set(rows.flatMap(({ id }) => (this.held.has(id) || !this.pauses.isOver(id) ? [] : id)))
    const sure = [...this.strays].filter(id => before.has(id))
    if (sure.length === 0) return
    await db.query(returnOpenings, [workers.id, sure])
    this.look()
  }

  /** What dead workers held is anybody's. @returns whether there was any. */
  async takeOver(dead: readonly string[]): Promise<boolean> {
    const { db } = this.parts
    let found = false
    // We are not dead, only late: nothing of ours is to blame.
    for (const id of dead) {
      if (!this.former.has(id)) continue
      found = (await db.query(returnOpenings, [id, null])).length > 0 || found
      this.former.delete(id)
    }
    return (await db.query(releaseOpenings, [dead])).length > 0 || found
  }

  private drop(): void {
    for (const opening of this.held.values()) opening.isOver = true
    this.held.clear()
    this.turns.clear()
  }

  private async lookAround(): Promise<void> {
    const { workers } = this.parts
    while (this.open) {
      // One a batch: those that wait have their turn while others are carried out.
      const took = workers.alive && (await this.takeSome())
      const next = this.turns.take()
      if (next !== undefined && !next.isOver) await this.advance(next)
      if (next === undefined && !took) return
    }
  }

  /** Works out one batch, and has it written behind the one before. */
  private async advance(opening: Opening): Promise<void> {
    let batch: Batch
    try {
      batch = await this.inTime(opening.next(this.parts.options.get(batchSize)))
    } catch (error) {
      await opening.written
      return this.giveUp(opening, error)
    }
    while (this.writes.size >= writesAtOnce) await Promise.race(this.writes)
    const write = opening.written.then(() => this.finish(opening, batch))
    opening.written = write
    this.writes.add(write)
    void write.then(() => this.writes.delete(write))
    if (!batch.last) this.turns.add(opening)
  }

  private async finish(opening: Opening, batch: Batch): Promise<void> {
    if (opening.isOver) return
    try {
      await this.write(opening, batch)
    } catch (error) {
      if (error instanceof Overtaken) this.forget(opening)
      else await this.giveUp(opening, error)
      return
    }
    if (!batch.last) return
    this.forget(opening)
    this.parts.done(opening.id)
  }

  private async write(opening: Opening, { changes, failed, last }: Batch): Promise<void> {
    const { db, lifecycle } = this.parts
    const { id, holder, plan } = opening
    await db.transaction(async tx => {
      // One behind the other: the database need not wait for us, who may be busy with the next batch.
      const [held] = await Promise.all([
        tx.query(holdOpening, [id, holder, patienceMs]),
        lifecycle.writeTaken(changes, plan.rows, tx),
        ...(last ? [this.close(opening, failed, tx)] : []),
      ])
      if (held.length === 0) throw new Overtaken()
    })
  }

  /** What is left is placed as nodes, unless the traversal has failed. */
  private async close(opening: Opening, failed: string | undefined, tx: Transaction): Promise<void> {
    const { plans } = this.parts
    const { id, operation, plan } = opening
    const rest = failed === undefined ? opening.rest() : []
    await Promise.all([
      plans.store(plan.rows, tx),
      placeNodes({ id, operation, nodes: rest }, tx),
      ...(failed === undefined ? [] : [tx.query(failTraversals, [[id], [failed]])]),
      tx.query(endOpening, [id]),
    ])
  }

  /** Whatever is wrong with it, it is found out node by node. */
  private async giveUp(opening: Opening, error: unknown): Promise<void> {
    const { log } = this.parts
    const { id, holder, operation } = opening
    this.forget(opening)
    log.error(
      { err: error, stack: operation.stack.id },
      'convergence: an opening failed; its nodes are done with leases',
    )
    await this.orFail({ id, operation, deaths: 0 }, holder, one => placeUnopened(one, holder, this.parts))
  }

  private forget(opening: Opening): void {
    opening.isOver = true
    this.held.delete(opening.id)
  }

  private async takeSome(): Promise<boolean> {
    if (!this.mayWait) return false
    this.taking = true
    try {
      return await this.take()
    } finally {
      this.taking = false
    }
  }

  /** Takes one that nobody holds, while there is room. @returns whether there was any. */
  private async take(): Promise<boolean> {
    const { db, workers } = this.parts
    const { id: holder } = workers
    if ([...this.held.values()].reduce((sum, { size }) => sum + size, 0) >= mostNodes) return false
    this.mayWait = false
    const [one] = await db.query<Taken>(takeOpenings, [holder, 1])
    if (one === undefined) return false
    this.mayWait = true
    await this.orFail(one, holder, taken => this.carryOn(taken, holder))
    return true
  }

  private async carryOn(one: Taken, holder: string): Promise<void> {
    const { db, plans } = this.parts
    const { id, operation, deaths } = one
    if (deaths >= mostDeaths) return failOpening(one, holder, deadlyReason, this.parts)
    if (deaths > 0) return placeUnopened(one, holder, this.parts)
    const plan = await db.transaction(tx => plans.open(operation, tx, { moving: true }))
    this.hold(new Opening(id, holder, operation, plan, this.parts))
  }

  /** One of which no plan can be made has failed, and is nobody's trouble but its own. */
  private async orFail(one: Taken, holder: string, work: (one: Taken) => Promise<void>): Promise<void> {
    const { log } = this.parts
    const stack = one.operation.stack.id
    try {
      await work(one).catch(async error => {
        if (isPassing(error)) throw error
        log.error({ err: error, stack }, 'convergence: no plan can be made of an operation; it has failed')
        await failOpening(one, holder, unplannable(error), this.parts)
      })
      this.pauses.end(one.id)
    } catch (error) {
      if (!isPassing(error)) this.pauses.begin(one.id)
      // The rows say that it is held here, which is put right in time.
      log.error({ err: error, stack }, 'convergence: an opening could not be gone on with; it is tried again')
    }
  }

  private inTime<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.parts.clock.after(patienceMs, () =>
        reject(new Error(`steps that were to end at once did not within ${patienceMs} ms`)),
      )
      work.then(resolve, reject).finally(cancel)
    })
  }
}
