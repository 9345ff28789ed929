import { type Database, type Workload, workload } from '@hearth/db'
import { serves, unserved } from '../monitor/index.js'
import type { Clock, Logger } from '../plugin/index.js'
import { Periodic } from './periodic.js'

/** Milliseconds between two looks. */
const everyMs = 2_000
/** So many looks in a row have to find nobody before it is worth a line: workers are started beside this daemon, or again. */
const looksBeforeSaid = 5

/** Knows, on a daemon that accepts operations, whether anybody is there to carry them out, and says so in its log. */
export class Workforce {
  private seen: Workload | undefined
  /** Engines that nobody has for whom stacks wait, or `nobody`: how many looks in a row have found it so. */
  private readonly missing = new Map<string | typeof nobody, number>()
  private readonly periodic: Periodic

  constructor(
    private readonly db: Database,
    clock: Clock,
    private readonly log: Logger,
  ) {
    const trouble = 'It could not be asked which workers are up'
    this.periodic = new Periodic({ clock, log, everyMs, firstMs: 0, trouble, work: () => this.look() })
  }

  start(): void {
    this.periodic.start()
  }

  stop(): Promise<void> {
    return this.periodic.stop()
  }

  /** Whom operations on this engine wait for, as users read it; undefined: somebody is there, as far as it is known. */
  readonly waitingFor = (engine: string): string | undefined => {
    if (this.seen === undefined || serves(this.seen.workers, engine)) return undefined
    return isAnyUp(this.seen) ? `no worker with the engine '${engine}' is up` : 'no worker is up'
  }

  private async look(): Promise<void> {
    this.seen = await workload(this.db)
    if (!isAnyUp(this.seen))
      return this.misses(nobody, 'No worker is up: what is accepted waits', 'whose roles include worker')
    if (this.found(nobody)) this.log.info({}, 'A worker is up again: what was accepted goes on')
    const without = unserved(this.seen)
    for (const engine of [...this.missing.keys()]) {
      if (engine === nobody || without.some(one => one.engine === engine)) continue
      if (this.found(engine))
        this.log.info({ engine }, `Nothing waits any more for a worker with the engine '${engine}'`)
    }
    for (const { engine, stacks } of without) {
      const waiting = stacks === 1 ? '1 stack waits' : `${stacks} stacks wait`
      this.misses(engine, `No worker that is up has the engine '${engine}': ${waiting}`, 'that loads its plugin')
    }
  }

  private misses(whom: string | typeof nobody, what: string, which: string): void {
    const looks = (this.missing.get(whom) ?? 0) + 1
    this.missing.set(whom, looks)
    if (looks === looksBeforeSaid) this.log.error({}, `${what}. Start a daemon ${which}`)
  }

  /** @returns whether it was said that there was none. */
  private found(whom: string | typeof nobody): boolean {
    const looks = this.missing.get(whom) ?? 0
    this.missing.delete(whom)
    return looks >= looksBeforeSaid
  }
}

const nobody = Symbol('nobody')

const isAnyUp = ({ workers }: Workload): boolean => workers.some(({ alive }) => alive)
