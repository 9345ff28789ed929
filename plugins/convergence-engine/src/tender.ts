import type { Database, Logger } from '@hearth/core/plugin'
import type { Alarm } from './alarm.js'
import type { Ends } from './ends.js'
import type { Leases } from './leases.js'
import type { Openings } from './openings.js'
import { purgeNodes, purgeTraversals, wakeDue } from './sql/tend.js'

/** Every so many polls it is also looked for what only a crash leaves behind. */
const pollsPerSearch = 30
/** And, more seldom still, for rows of stacks that are gone. */
const pollsPerPurge = 600
const purgeBatch = 500

export interface TendParts {
  readonly db: Database
  readonly leases: Leases
  readonly openings: Openings
  readonly ends: Ends
  readonly alarm: Alarm
  readonly log: Logger
  /** There may be work. */
  readonly look: () => void
}

/** What no notification tells of: due and overdue rows, ended traversals, aborts, and what crashes leave. */
export class Tender {
  private polls = 0
  /** Also look for what only a crash leaves; at first, and after a takeover. */
  private search = true
  private dead: ReadonlySet<string> = new Set()

  constructor(private readonly parts: TendParts) {}

  searchSoon(): void {
    this.search = true
  }

  /**
   * These have died, all of late. @returns whether any is new: it alone may have known when what it had parked is due, and
   * that an operation had come to its end.
   */
  buried(dead: readonly string[]): boolean {
    const before = this.dead
    this.dead = new Set(dead)
    return dead.some(id => !before.has(id))
  }

  async tend(): Promise<void> {
    const { leases, openings, ends, alarm, db, look } = this.parts
    this.polls += 1
    await leases.reconcile()
    await openings.reconcile()
    if ((await db.query(wakeDue)).length > 0) look()
    await alarm.set()
    await ends.due()
    if (this.search || this.polls % pollsPerSearch === 0) {
      this.search = false
      await ends.empty()
    }
    await leases.endOverdue()
    if (this.polls % pollsPerPurge === 0) await this.purge()
  }

  private async purge(): Promise<void> {
    for (const statement of [purgeNodes, purgeTraversals]) {
      let purged = 0
      do {
        purged = (await this.parts.db.query(statement, [purgeBatch])).length
        if (purged > 0) this.parts.log.warn({ purged }, 'convergence: purged rows of stacks that are gone')
      } while (purged === purgeBatch)
    }
  }
}
