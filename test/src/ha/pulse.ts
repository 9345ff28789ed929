/** Milliseconds between two looks. */
const lookMs = 100

/** Looks again and again whether something is so, and measures for how long it was not. */
export class Pulse {
  /** The longest time between two looks that found it so, in milliseconds. */
  longestMs = 0
  private last = Date.now()
  private over = false
  private looking: Promise<void> | undefined

  /** @param beats answers whether it is so now; a rejection is a no */
  constructor(
    readonly what: string,
    private readonly beats: () => Promise<boolean>,
  ) {}

  start(): void {
    this.last = Date.now()
    this.looking = this.look()
  }

  async stop(): Promise<void> {
    this.over = true
    await this.looking
  }

  private async look(): Promise<void> {
    while (!this.over) {
      // An answer tells of a moment after its question.
      const asked = Date.now()
      if (await this.beats().catch(() => false)) {
        this.longestMs = Math.max(this.longestMs, asked - this.last)
        this.last = Date.now()
      }
      await new Promise(resolve => setTimeout(resolve, lookMs))
    }
    this.longestMs = Math.max(this.longestMs, Date.now() - this.last)
  }
}
