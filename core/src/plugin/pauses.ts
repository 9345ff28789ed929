import type { Clock } from './services.js'

const firstMs = 1_000
const longestMs = 60_000

/**
 * Pauses between tries of what goes wrong again and again: the first is of a second, each twice as long as the one before, none
 * longer than a minute. So what cannot be mended from here costs little, and its log can be read.
 */
export class Pauses {
  private readonly pauses = new Map<string, { ms: number; until: number }>()

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** Whether it may be tried now. */
  isOver(what: string): boolean {
    const pause = this.pauses.get(what)
    return pause === undefined || this.clock.now() >= pause.until
  }

  /** It went wrong, once more. @returns milliseconds until it may be tried again. */
  begin(what: string): number {
    const now = this.clock.now()
    // Of what has not been tried for long, somebody else has taken care.
    for (const [other, { until }] of this.pauses) if (now - until > longestMs) this.pauses.delete(other)
    const ms = Math.min(longestMs, 2 * (this.pauses.get(what)?.ms ?? firstMs / 2))
    this.pauses.set(what, { ms, until: now + ms })
    return ms
  }

  /** It went well. */
  end(what: string): void {
    this.pauses.delete(what)
  }
}
