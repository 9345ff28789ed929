import { isAway } from '@hearth/db'
import type { Logger } from '../plugin/index.js'

/** Seconds after which a client may try again. */
export const retryAfterSeconds = 1

/** Whether the database can be reached, as requests see it: it is said once when it goes, and once when it is back. */
export class Availability {
  private away = false

  constructor(
    private readonly db: { ping(): Promise<boolean> },
    private readonly log: Logger,
  ) {}

  /** @returns whether it is the database that is away: then the request may be sent again later. */
  isAway(error: unknown): boolean {
    if (!isAway(error)) return false
    this.note(false, error)
    return true
  }

  /** A request was answered with what the database said. */
  answered(): void {
    this.note(true)
  }

  async check(): Promise<boolean> {
    const there = await this.db.ping()
    this.note(there)
    return there
  }

  private note(there: boolean, error?: unknown): void {
    if (there !== this.away) return
    this.away = !there
    const why = error instanceof Error ? `: ${error.message}` : ''
    if (there) this.log.info({}, 'The database can be reached again')
    else this.log.error({}, `The database cannot be reached${why}; requests are answered with 503 until it is back`)
  }
}
