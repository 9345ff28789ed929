/** How many things may happen at once, in this process. */
export class Places {
  private taken = 0
  private readonly waiting = new Set<() => void>()

  /** @param most asked each time: it may change. */
  constructor(private readonly most: () => number) {}

  /** Does the work if a place is free for it; undefined: there is none. */
  tryUse<T>(work: () => Promise<T>): Promise<T> | undefined {
    return this.taken < this.most() ? this.occupy(work) : undefined
  }

  /** Does the work once a place is free. @throws what the signal was aborted with, if that comes first */
  async use<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    while (this.taken >= this.most()) {
      signal.throwIfAborted()
      await this.freed(signal)
    }
    signal.throwIfAborted()
    return this.occupy(work)
  }

  private async occupy<T>(work: () => Promise<T>): Promise<T> {
    this.taken++
    try {
      return await work()
    } finally {
      this.taken--
      for (const wake of this.waiting) wake()
    }
  }

  private freed(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const wake = (): void => {
        this.waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.waiting.add(wake)
      signal.addEventListener('abort', wake)
    })
  }
}
