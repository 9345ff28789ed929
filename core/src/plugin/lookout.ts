import type { Logger } from './services.js'

/**
 * Looks for work, one look at a time: whoever asks while a look is under way gets one more after it. Engines hear of work
 * by notifications and by a slow poll; both only say that somebody should look.
 */
export class Lookout {
  private looking: Promise<void> | undefined
  private again = false
  private open = false

  /** @param what it does, for the log, when a look rejects; the next poll tries again. */
  constructor(
    private readonly what: string,
    private readonly log: Logger,
    private readonly around: () => Promise<void>,
  ) {}

  start(): void {
    this.open = true
  }

  /** Nothing is looked for any more; resolves when the last look is over. */
  async stop(): Promise<void> {
    this.open = false
    await this.looking
  }

  /** Resolves when the look that it asked for is over. */
  look(): Promise<void> {
    if (!this.open) return Promise.resolve()
    if (this.looking !== undefined) {
      this.again = true
      return this.looking
    }
    this.looking = this.run()
    return this.looking
  }

  private async run(): Promise<void> {
    try {
      do {
        this.again = false
        await this.around()
      } while (this.again && this.open)
    } catch (error) {
      this.log.error({ err: error }, `${this.what} failed; it is tried again`)
    } finally {
      // In the same moment as the last question whether to go on: whoever asks later finds no look under way.
      this.looking = undefined
    }
  }
}
