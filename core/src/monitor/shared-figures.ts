import { type HearthDatabase, type Workload, workload } from '@hearth/db'
import type { Clock, Engine, Figure, Logger, Queryable } from '../plugin/index.js'

/** Whoever asks waits so long for the database, in milliseconds; then it goes without what is not known by then. */
const patienceMs = 3_000
/** The database gives up by then: nobody waits for it any more. */
const statementMs = 2_000

export interface SharedParts {
  readonly db: Pick<HearthDatabase, 'transaction' | 'ping'>
  readonly engines: () => readonly Pick<Engine, 'name' | 'figures'>[]
  readonly clock: Pick<Clock, 'after'>
  readonly log: Pick<Logger, 'warn'>
}

/** What the database tells: of all daemons that share it, and of each engine. What could not be counted is missing. */
export interface Shared {
  readonly up: boolean
  readonly load?: Workload
  readonly figures: readonly (readonly [engine: string, figures: readonly Figure[]])[]
}

interface Look {
  readonly found: Shared
  /** Never rejects. */
  readonly over: Promise<void>
}

/** Asks the database once, however many ask at the same time, and as long as a question is open none besides. */
export class SharedFigures {
  private look: Look | undefined
  /** What could not be counted the last time, and was said to be so. */
  private readonly troubled = new Set<string>()

  constructor(private readonly parts: SharedParts) {}

  /** What is known after a short while. */
  async now(): Promise<Shared> {
    this.look ??= this.begin()
    const { found, over } = this.look
    let cancel = (): void => undefined
    const late = new Promise<void>(resolve => {
      cancel = this.parts.clock.after(patienceMs, resolve)
    })
    await Promise.race([over, late])
    cancel()
    return { ...found }
  }

  private begin(): Look {
    const found = { up: false, figures: [] }
    const over = this.read(found).finally(() => {
      this.look = undefined
    })
    return { found, over }
  }

  /** One after the other, on one connection at a time, each by itself: one that cannot be counted takes nothing from the rest. */
  private async read(found: {
    up: boolean
    load?: Workload
    figures: [engine: string, figures: readonly Figure[]][]
  }): Promise<void> {
    const { db, engines } = this.parts
    found.up = await db.ping()
    // Said elsewhere.
    if (!found.up) return
    await this.count('the work of all daemons', workload, load => {
      found.load = load
    })
    for (const engine of engines()) {
      const figures = async (on: Queryable): Promise<readonly Figure[]> => (await engine.figures?.(on)) ?? []
      await this.count(`the engine ${engine.name}`, figures, all => {
        found.figures.push([engine.name, all])
      })
    }
  }

  private async count<T>(what: string, read: (on: Queryable) => Promise<T>, keep: (counted: T) => void): Promise<void> {
    try {
      const counted = await this.parts.db.transaction(async tx => {
        await tx.query(`SET LOCAL statement_timeout = ${statementMs}`)
        return read(tx)
      })
      keep(counted)
      this.troubled.delete(what)
    } catch (error) {
      if (this.troubled.has(what)) return
      this.troubled.add(what)
      this.parts.log.warn(
        { err: error },
        `Metrics lack the figures of ${what}, which cannot be counted; it is tried at each scrape`,
      )
    }
  }
}
