import { isAway, isFull, isReadOnly } from '@hearth/db'
import type { Logger } from '../plugin/index.js'

/** Milliseconds after which it is said again that the database has no room: what waits is all that notices when it has. */
const saidMs = 60_000
/** Milliseconds after which somebody who was refused for want of room would have asked again. */
const refusedMs = 5_000

/**
 * Whether the database can be reached and has room, as this process sees it: it is said once when that ends, and once when
 * it is so again.
 */
export class Outage {
  private away = false
  private saidFull = Number.NEGATIVE_INFINITY
  /** When something was last refused for want of room; undefined: there is room, as far as anybody knows. */
  private refused: number | undefined

  /** @param now tells milliseconds; of no clock that may be put right. */
  constructor(
    private readonly log: Logger,
    private readonly now = (): number => performance.now(),
  ) {}

  get lasts(): boolean {
    return this.away
  }

  begins(error?: unknown): void {
    if (this.away) return
    this.away = true
    const why = error instanceof Error ? `: ${error.message}` : ''
    this.log.error(
      {},
      `The database ${isReadOnly(error) ? 'takes no writes' : 'cannot be reached'}${why}; until it is back, requests are answered with 503 and stacks wait`,
    )
  }

  ends(): void {
    if (!this.away) return
    this.away = false
    this.log.info({}, 'The database can be reached again')
  }

  /** Whether there may be too little room for what is written; `lately`: there was a moment ago. */
  get full(): 'no' | 'perhaps' | 'lately' {
    if (this.refused === undefined) return 'no'
    return this.now() - this.refused < refusedMs ? 'lately' : 'perhaps'
  }

  /** There is room for something of some size. */
  hasRoom(): void {
    if (this.refused === undefined) return
    this.refused = undefined
    this.saidFull = Number.NEGATIVE_INFINITY
    this.log.info({}, 'The database has room again')
  }

  /** The database answers, and has no room for what it was asked to write. */
  lacksRoom(error: unknown): void {
    this.refused = this.now()
    if (this.refused - this.saidFull < saidMs) return
    this.saidFull = this.refused
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
        else if (isFull(err)) this.lacksRoom(err)
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
