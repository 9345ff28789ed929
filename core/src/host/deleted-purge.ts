import { purgeDeletedAfter } from '@hearth/config'
import { type Database, deletedStacks, type PurgePosition } from '@hearth/db'
import type { Clock, Logger, Options } from '../plugin/index.js'
import { Periodic } from './periodic.js'

/** Milliseconds between two walks, and between two batches of one walk. */
const restMs = 3_600_000
const stepMs = 1_000
const firstMs = 60_000
const batch = 20
const secondsPerDay = 86_400

/** Purges stacks that were deleted `[DEFAULT] purge_deleted_after` days ago. */
export class DeletedPurge {
  private readonly periodic: Periodic
  private after: PurgePosition | undefined
  private purged = 0

  constructor(
    private readonly db: Database,
    private readonly options: Options,
    clock: Clock,
    private readonly log: Logger,
  ) {
    const trouble = 'Deleted stacks could not be purged'
    this.periodic = new Periodic({ clock, log, everyMs: restMs, firstMs, trouble, work: () => this.look() })
  }

  start(): void {
    this.periodic.start()
  }

  async stop(): Promise<void> {
    await this.periodic.stop()
  }

  /** @returns milliseconds until the next look. */
  private async look(): Promise<number> {
    const days = this.options.get(purgeDeletedAfter)
    if (days === 0) return restMs
    const { purged, next } = await deletedStacks.purge(this.db, { age: days * secondsPerDay, batch }, this.after)
    this.after = next
    this.purged += purged
    if (next !== undefined) return stepMs
    if (this.purged > 0) this.log.info({ stacks: this.purged }, 'Purged stacks that were deleted long ago')
    this.purged = 0
    return restMs
  }
}
