import {
  type EngineHost,
  type GoOn,
  Lookout,
  notify,
  type PlanOperation,
  type StepRows,
  Steps,
  Suspects,
  type Transaction,
  Watch,
} from '@hearth/core/plugin'
import { Alarm } from './alarm.js'
import { type Completed, complete, type Finished, hold } from './completions.js'
import { Ends } from './ends.js'
import type { Done } from './figures.js'
import { Leases } from './leases.js'
import { Openings } from './openings.js'
import { Operations } from './operations.js'
import { batchSize, pollSeconds } from './options.js'
import { channel, gone, over, tend } from './place.js'
import { LimitedClaim } from './limited-claim.js'
import { countProjects, type Following, isShort, SlotRoom } from './slot-room.js'
import { anySuspect, claimSuspect, type LeasedNode } from './sql/claim.js'
import { fenceSave } from './sql/complete.js'
import { wakeDue } from './sql/tend.js'
import { Tender } from './tender.js'
import { Waves } from './waves.js'

/** Steps that run when the daemon stops get this long to end by themselves, in milliseconds. */
const graceMs = 2_000

/** Claims ready nodes up to its free slots, has their steps run, and completes them in batches. */
export class Worker implements StepRows<LeasedNode> {
  private readonly steps: Steps<LeasedNode>
  private readonly leases: Leases
  private readonly operationsOf: Operations
  private readonly claims: LimitedClaim
  private readonly room: SlotRoom
  private readonly ends: Ends
  private readonly alarm: Alarm
  private readonly waves: Waves
  readonly openings: Openings
  private readonly lookout: Lookout
  private readonly tender: Tender
  private readonly tending: Lookout
  private readonly suspects: Suspects
  /** Something may have been left since a statement under way might have leased as much. */
  private missed = false
  private readonly watch: Watch

  constructor(private readonly parts: EngineHost) {
    const { clock, db, options, workers, log } = parts
    this.steps = new Steps(parts, this, { most: options.get(batchSize) })
    this.leases = new Leases(parts, this.steps)
    this.operationsOf = new Operations(db)
    this.claims = new LimitedClaim(db, options)
    this.room = new SlotRoom(options, this.leases)
    this.suspects = new Suspects(clock, {
      holding: () => ({
        size: this.leases.size + this.leases.promised + this.openings.size,
        suspect: this.leases.suspect,
      }),
      anyWaiting: async () => (await db.query<{ any: boolean }>(anySuspect))[0]?.any === true,
      look: () => this.look(),
    })
    const quiet = (): boolean => this.suspects.quiet
    this.openings = new Openings({
      ...parts,
      quiet,
      done: traversal => {
        this.endTraversals([traversal])
        this.look()
      },
      ended: () => this.look(),
    })
    this.ends = new Ends({ ...parts, openings: this.openings }, () => this.look())
    this.lookout = new Lookout('convergence: looking for work', log, () => this.lookAround())
    this.alarm = new Alarm(clock, db, async () => {
      await db.query(wakeDue)
      this.waves.look()
      await this.lookout.look()
    })
    this.waves = new Waves({
      ...parts,
      leases: this.leases,
      operations: this.operationsOf,
      quiet,
      room: ending => this.after(ending),
      done: completed => {
        void this.steps.run([...completed.next, ...completed.moved])
        this.follow(completed)
        if (completed.left || this.missed) this.look()
      },
    })
    this.tender = new Tender({
      db,
      leases: this.leases,
      openings: this.openings,
      ends: this.ends,
      alarm: this.alarm,
      log,
      look: () => this.look(),
    })
    this.tending = new Lookout('convergence: tending traversals', log, async () => {
      if (workers.alive) await this.tender.tend()
    })
    this.watch = new Watch(parts, {
      channel,
      every: pollSeconds,
      heard: payload => this.heard(payload),
      poll: () => this.poll(),
    })
    workers.onLost(() => {
      this.leases.loseAll()
      this.openings.loseAll()
    })
    workers.onDead(async ids => {
      const took = await this.takeOver(ids)
      if (this.tender.buried(ids) || took) this.searchAndTend()
    })
  }

  async start(): Promise<void> {
    this.lookout.start()
    this.waves.start()
    this.openings.start()
    this.tending.start()
    await this.watch.start()
  }

  private heard(payload: string): void {
    if (payload.startsWith(over)) this.endTraversals([payload.slice(over.length)])
    else if (payload === tend) this.tend()
    else if (payload === gone) this.searchAndTend()
    this.look()
  }

  async stop(): Promise<void> {
    if (!this.watch.open) return
    await this.watch.stop()
    this.alarm.stop()
    this.suspects.stop()
    await Promise.all([this.lookout.stop(), this.waves.stop(), this.openings.stop(), this.tending.stop()])
    await this.steps.drained(graceMs)
    await this.ends.idle()
    await this.leases.giveBackAll()
    await this.parts.db.query(notify, [channel, gone])
  }

  /** An operation was accepted here: nobody has to ask for it. */
  knows(traversal: string, operation: PlanOperation): void {
    this.operationsOf.keep(traversal, operation)
  }

  get done(): Done {
    return this.leases.done
  }

  /** Looks for work, now or as soon as the look under way is over. */
  look(): void {
    this.openings.look()
    this.waves.look()
    void this.lookout.look()
  }

  private tend(): void {
    void this.tending.look()
  }

  private searchAndTend(): void {
    this.tender.searchSoon()
    this.tend()
  }

  private poll(): void {
    this.suspects.expect()
    this.look()
    this.tend()
  }

  private get free(): number {
    return this.watch.open && this.parts.workers.alive && !this.suspects.quiet ? this.room.free : 0
  }

  /** What may follow on steps that end. Under limits, what becomes ready has to queue; and where others wait for a slot. */
  private after(ending: ReadonlyMap<string, number>): Following {
    return this.free === 0 || this.claims.limited ? { leased: 0, promised: 0 } : this.room.after(ending)
  }

  private async lookAround(): Promise<void> {
    if (!this.watch.open || !this.parts.workers.alive) return
    const next = await this.suspects.turn()
    // They go on with nothing beside a suspect.
    if (next === 'nothing') this.openings.look()
    if (next === 'others') await this.takeOthers()
    if (next === 'suspect' && this.room.free > 0) await this.takeSuspect()
  }

  private async takeOthers(): Promise<void> {
    const { options, workers } = this.parts
    for (;;) {
      const share = this.room.ofProjects
      const most = Math.min(this.free, options.get(batchSize))
      this.missed = this.leases.promised > 0 && (most === 0 || isShort(share))
      if (most === 0) break
      const nodes = await this.leases.claim(
        promise => {
          promise(most)
          return this.claims.claim(workers.id, most, share)
        },
        leased => leased,
      )
      void this.steps.run(nodes)
      // Fewer than there was room for: what is left is under a limit, or held by others at this moment.
      if (nodes.length < most) break
    }
  }

  private async takeSuspect(): Promise<void> {
    const { db, workers } = this.parts
    const nodes = await this.leases.claim(
      promise => {
        promise(1)
        return db.query<LeasedNode>(claimSuspect, [workers.id])
      },
      leased => leased,
    )
    void this.steps.run(nodes)
    this.openings.look()
    if (nodes.length > 0) return
    this.suspects.none()
    this.look()
  }

  operations(nodes: readonly LeasedNode[]): Promise<ReadonlyMap<string, PlanOperation>> {
    return this.operationsOf.of(nodes)
  }

  /** From here on the node acts on its resource. */
  begin(nodes: readonly LeasedNode[], tx: Transaction): Promise<{ id: string }[]> {
    return tx.query(fenceSave, [this.parts.workers.id, nodes.map(({ id }) => id), nodes.map(({ token }) => token)])
  }

  actor({ id }: LeasedNode): string {
    return id
  }

  async end(batch: readonly Finished[]): Promise<GoOn<LeasedNode>> {
    const { db, lifecycle, workers } = this.parts
    const full = this.free === 0 || this.claims.limited || isShort(this.room.ofProjects)
    const { leased, promised } = this.after(countProjects(batch.map(({ step }) => step)))
    const done = await this.leases.claim(
      promise => {
        promise(promised)
        return db.transaction(async tx => {
          const held = await hold(batch, workers.id, tx)
          return complete(batch, held, { worker: workers.id, leased, effectless: 0 }, lifecycle, tx)
        })
      },
      ({ next }) => next,
    )
    const after = (): void => {
      this.follow(done)
      // Else everything that is ready is leased already, here or elsewhere.
      if (full || done.left || this.missed || this.suspects.expected) this.look()
    }
    return { run: [...done.next, ...done.moved], after }
  }

  async giveBack(nodes: readonly LeasedNode[], error: unknown): Promise<void> {
    this.complain(error, 'steps could not be prepared or written; their nodes are handed back')
    await this.leases.giveBack(nodes)
  }

  private follow({ dueIn, touched }: Completed): void {
    if (dueIn !== undefined) this.alarm.within(dueIn)
    this.endTraversals(touched)
  }

  /** Beside the completions that go on meanwhile; what is missed here, a later search finds. */
  private endTraversals(traversals: readonly string[]): void {
    if (traversals.length === 0) return
    this.ends.among(traversals).catch(error => this.complain(error, 'ending a traversal failed; it is tried again'))
  }

  /** @returns whether there was anything to take over. */
  private async takeOver(dead: readonly string[]): Promise<boolean> {
    // First what is leased: whether it was alone also what was opened and the marks of waves tell.
    const nodes = await this.leases.takeOver(dead)
    const opened = await this.openings.takeOver(dead)
    const mended = await this.waves.mend(dead)
    if (nodes === 0 && !mended && !opened) return false
    this.parts.log.warn({ nodes }, 'convergence: took over the nodes of dead workers')
    this.suspects.expect()
    this.look()
    return true
  }

  private complain(error: unknown, what: string): void {
    this.parts.log.error({ err: error }, `convergence: ${what}`)
  }
}
