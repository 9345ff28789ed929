import type { Clock } from '../plugin/index.js'

/** Does something again and again, one time after the other, until it is stopped. */
export class Periodic {
  private cancel: (() => void) | undefined
  private running = false

  /**
   * @param firstMs milliseconds until the first time.
   * @param work answers how many milliseconds after it the next time comes; when it rejects, `failed` answers that.
   */
  constructor(
    private readonly clock: Clock,
    private readonly firstMs: number,
    private readonly work: () => Promise<number>,
    private readonly failed: (error: unknown) => number,
  ) {}

  start(): void {
    this.running = true
    this.plan(this.firstMs)
  }

  /** What is under way ends; nothing follows. Twice, or before start, is fine. */
  stop(): void {
    this.running = false
    this.cancel?.()
  }

  private plan(ms: number): void {
    if (this.running) this.cancel = this.clock.after(ms, () => void this.once())
  }

  private async once(): Promise<void> {
    this.plan(await this.work().catch(this.failed))
  }
}
