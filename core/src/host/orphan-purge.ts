import { type Database, orphans, type OwnedTable } from '@hearth/db'
import type { Clock, Logger } from '../plugin/index.js'
import { Periodic } from './periodic.js'

/** Milliseconds between two walks through all tables, and between two looks of one walk. */
const restMs = 600_000
const stepMs = 1_000
/** Rows that one look goes through: a short statement, whatever the size of the table. */
const lookAt = 5_000

/** Removes rows whose stack is not there any more: what is left when a row was written by hand, or by a fault. */
export class OrphanPurge {
  private readonly periodic: Periodic
  /** What is left of the walk, and the key behind which its next look begins. */
  private tables: readonly OwnedTable[] = orphans.tables
  private after: string | undefined

  constructor(
    private readonly db: Database,
    clock: Clock,
    private readonly log: Logger,
  ) {
    const trouble = 'Rows without a stack could not be purged'
    this.periodic = new Periodic({ clock, log, everyMs: restMs, trouble, work: () => this.look() })
  }

  start(): void {
    this.periodic.start()
  }

  stop(): void {
    void this.periodic.stop()
  }

  /** @returns milliseconds until the next look. */
  private async look(): Promise<number> {
    const [table, ...others] = this.tables
    if (table === undefined) {
      this.tables = orphans.tables
      return restMs
    }
    const { looked, removed, upTo } = await orphans.walk(this.db, table, this.after ?? table.start, lookAt)
    if (removed > 0) this.log.warn({ table: table.name, removed }, 'Purged rows without a stack')
    this.after = upTo ?? undefined
    if (looked < lookAt) {
      this.tables = others
      this.after = undefined
    }
    return stepMs
  }
}
