/**
 * Work that is done one piece after the other, so that a result and a request never interleave. Whenever none is left,
 * `idle` is called, in turn too. The first error ends it.
 */
export class Turns {
  private chain: Promise<void> = Promise.resolve()
  private left = 0
  private closed = false

  constructor(
    private readonly idle: () => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  take(work: () => Promise<void>): void {
    this.left += 1
    this.chain = this.chain.then(() => this.once(work)).catch(error => this.failed(error))
  }

  /** What has not had its turn by now is not done any more. */
  close(): void {
    this.closed = true
  }

  private async once(work: () => Promise<void>): Promise<void> {
    if (!this.closed) await work()
    this.left -= 1
    // What has ended in the meantime takes its turn before `idle` does, so that its dependents start as one batch.
    if (this.left === 0) await new Promise(resolve => setImmediate(resolve))
    if (this.left === 0 && !this.closed) await this.idle()
  }
}
