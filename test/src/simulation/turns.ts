/**
 * Tells when all code has come to rest. What code has put off with promises is done before anything else; what it has put off to
 * the next turn of the event loop is counted here, from `begin` to `end`.
 */
export class Turns {
  private put = 0
  private readonly original = globalThis.setImmediate
  private readonly now = performance.now

  begin(): void {
    const { original } = this
    const counted = <Args extends unknown[]>(fn: (...args: Args) => void, ...args: Args): NodeJS.Immediate => {
      this.put += 1
      return original(() => {
        this.put -= 1
        fn(...args)
      })
    }
    globalThis.setImmediate = Object.assign(counted, original) as typeof setImmediate
    // Work takes no time: else how long a machine is at it would decide when it leaves the event loop to others.
    performance.now = () => 0
  }

  end(): void {
    globalThis.setImmediate = this.original
    performance.now = this.now
  }

  /** Something was put off to the next turn. */
  get more(): boolean {
    return this.put > 0
  }

  /** Once this turn is over, or, as long as nothing is put off, everything that is in it. */
  drained(): Promise<void> {
    return new Promise(resolve => {
      if (this.more) this.original(resolve)
      // Its turn comes when no promise has anything left to do.
      else process.nextTick(resolve)
    })
  }
}
