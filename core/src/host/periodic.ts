import type { Clock, Logger } from '../plugin/index.js'

interface Parts {
  readonly clock: Clock
  readonly log: Logger
  /** Milliseconds until the next time, if `work` does not say, or rejects. */
  readonly everyMs: number
  /** Milliseconds until the first time; absent: as until each other. */
  readonly firstMs?: number
  /** What the log says when `work` rejects, before "it is tried again". */
  readonly trouble: string
  /** Answers in how many milliseconds it is worth another time; nothing: as ever. */
  readonly work: () => Promise<number | void>
}

/** Does something again and again, one time after the other, until it is stopped. */
export class Periodic {
  private cancel: (() => void) | undefined
  private running = false
  private underWay: Promise<void> | undefined

  constructor(private readonly parts: Parts) {}

  start(): void {
    const { everyMs, firstMs = everyMs } = this.parts
    this.running = true
    this.plan(firstMs)
  }

  /** Nothing follows. Resolves when what was under way has ended. Twice, or before start, is fine. */
  async stop(): Promise<void> {
    this.running = false
    this.cancel?.()
    await this.underWay
  }

  private plan(ms: number): void {
    if (!this.running) return
    this.cancel = this.parts.clock.after(ms, () => {
      this.underWay = this.once()
    })
  }

  private async once(): Promise<void> {
    const { everyMs, log, trouble, work } = this.parts
    const next = await work().catch(error => {
      log.warn({ err: error }, `${trouble}; it is tried again`)
    })
    this.plan(next ?? everyMs)
  }
}
