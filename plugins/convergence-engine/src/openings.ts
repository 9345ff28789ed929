import {
  deadlyReason,
  isPassing,
  Lookout,
  type Logger,
  mostDeaths,
  notify,
  type OpenPlan,
  type Options,
  Pauses,
  unplannable,
  type Workers,
} from '@hearth/core/plugin'
import type { Batch } from './batch.js'
import { Opening, type OpeningParts } from './opening.js'
import { batchSize, projectShare } from './options.js'
import { channel } from './place.js'
import { heldOpenings, releaseOpenings, returnOpenings, takeOpenings } from './sql/opening.js'
import { Turns } from './turns.js'
import { failOpening, placeUnopened, type Taken, type UnopenedParts } from './unopened.js'
import { Overtaken, type Written, writeBatch, type WriteBatchParts } from './write-batch.js'

/** Nodes of all plans that are kept in memory; one plan may have more. */
const mostNodes = 20_000
/** Batches that are being written: while the database is at one, the next one is worked out. */
const writesAtOnce = 3

export interface OpeningsParts extends UnopenedParts, OpeningParts, WriteBatchParts {
  readonly workers: Workers
  readonly options: Options
  readonly log: Logger
  /** Nothing is to begin here now: a suspect is to be alone. */
  readonly quiet: () => boolean
  /** An operation is over: what waited for that may be ready. */
  readonly ended: () => void
}

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
  /** Those of which a batch was lost with its connection: once, they are opened again. */
  private readonly again = new Set<string>()
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

  /** How many are held. */
  get size(): number {
    return this.held.size
  }

  /** The worker that opens this plan: this one, or null while it has no room for it, or is to be quiet. */
  holderOf(plan: OpenPlan, project: string): string | null {
    const { options, workers, quiet } = this.parts
    if (!this.open || !workers.alive || quiet()) return null
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
    this.again.clear()
  }

  private async lookAround(): Promise<void> {
    const { workers } = this.parts
    while (this.open) {
      if (this.parts.quiet()) return this.handBack()
      // One a batch: those that wait have their turn while others are carried out.
      const took = workers.alive && (await this.takeSome())
      const next = this.turns.take()
      if (next !== undefined && !next.isOver) await this.advance(next)
      if (next === undefined && !took) return
    }
  }

  /** What is being written comes first; with the rest others go on, or this one, later: it builds their plans again. */
  private async handBack(): Promise<void> {
    if (this.held.size === 0) return
    await Promise.all(this.writes)
    const ids = [...this.held.keys()]
    this.drop()
    if (ids.length > 0) await this.returnToAll(ids)
  }

  private async returnToAll(ids: readonly string[]): Promise<void> {
    const { db, workers } = this.parts
    await db.query(returnOpenings, [workers.id, ids])
    await db.query(notify, [channel, ''])
    this.mayWait = true
  }

  /** Works out one batch, which is written meanwhile, behind the one before. */
  private async advance(opening: Opening): Promise<void> {
    while (this.writes.size >= writesAtOnce) await Promise.race(this.writes)
    const batch = opening.next(this.parts.options.get(batchSize))
    const write = this.write(opening, batch, opening.written)
    opening.written = write
    this.writes.add(write)
    void write.then(() => this.writes.delete(write))
    const sequel = await batch.sequel.catch(() => undefined)
    if (sequel?.kind === 'batch') this.turns.add(opening)
  }

  private async write(opening: Opening, batch: Batch, before: Promise<void>): Promise<void> {
    let written: Written
    try {
      written = await writeBatch(opening, batch, before, this.parts)
    } catch (error) {
      batch.drop(error)
      if (error instanceof Overtaken) this.forget(opening)
      else if (isPassing(error) && !this.again.has(opening.id)) await this.tryAgain(opening, error)
      else await this.giveUp(opening, error)
      return
    }
    if (written === 'opening') return
    this.again.delete(opening.id)
    this.forget(opening)
    if (written === 'ended') this.parts.ended()
    else this.parts.done(opening.id)
  }

  /** That the database was away, or ended a transaction that it waited for, says nothing of the opening. */
  private async tryAgain(opening: Opening, error: unknown): Promise<void> {
    const { log } = this.parts
    const { id, operation } = opening
    this.again.add(id)
    this.forget(opening)
    log.warn(
      { err: error, stack: operation.stack.id },
      'convergence: a batch of an opening was lost; it is opened again',
    )
    // If that cannot be said now, what nobody here works on is found later.
    await this.returnToAll([id]).catch(failure =>
      log.error({ err: failure }, 'convergence: an opening was not handed back'),
    )
    this.look()
  }

  /** Whatever is wrong with it, it is found out node by node. */
  private async giveUp(opening: Opening, error: unknown): Promise<void> {
    const { log } = this.parts
    const { id, holder, operation } = opening
    this.again.delete(id)
    this.forget(opening)
    log.error(
      { err: error, stack: operation.stack.id },
      'convergence: an opening failed; its nodes are done with leases',
    )
    await this.orFail({ id, operation, deaths: 0 }, holder, one => placeUnopened(one, holder, this.parts))
  }

  private forget(opening: Opening): void {
    opening.isOver = true
    if (this.held.get(opening.id) === opening) this.held.delete(opening.id)
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
}
