import { isAway, isFull } from '@hearth/db'
import type { Logger } from '../plugin/index.js'

/** Milliseconds after which it is said again that the database has no room: nobody learns when it has. */
const fullMs = 60_000

/** Whether the database can be reached, as this process sees it: it is said once when it goes, and once when it is back. */
export class Outage {
  private away = false
  private saidFull = Number.NEGATIVE_INFINITY

  constructor(private readonly log: Logger) {}

  get lasts(): boolean {
    return this.away
  }

  begins(error?: unknown): void {
    if (this.away) return
    this.away = true
    const why = error instanceof Error ? `: ${error.message}` : ''
    this.log.error(
      {},
      `The database cannot be reached${why}; until it is back, requests are answered with 503 and stacks wait`,
    )
  }

  ends(): void {
    if (!this.away) return
    this.away = false
    this.log.info({}, 'The database can be reached again')
  }

  /** The database answers, and has no room for what it was asked to write. */
  full(error: unknown): void {
    if (performance.now() - this.saidFull < fullMs) return
    this.saidFull = performance.now()
    const why = error instanceof Error ? `: ${error.message}` : ''
    this.log.error({}, `The database has no room${why}; until it has, requests may be answered with 503 and steps wait`)
  }

  /** A log for all that needs the database again and again: what fails since it is away is worth no line of its own. */
  get calmLog(): Logger {
    const { log } = this
    const unlessAway =
      (say: 'warn' | 'error'): Logger['warn'] =>
      (fields, message) => {
        const { err } = fields as { err?: unknown }
        if (isAway(err)) this.begins(err)
        else if (isFull(err)) this.full(err)
        else return log[say](fields, message)
        log.debug(fields, message)
      }
    return {
      debug: (fields, message) => log.debug(fields, message),
      info: (fields, message) => log.info(fields, message),
      warn: unlessAway('warn'),
      error: unlessAway('error'),
    }
  }
}
