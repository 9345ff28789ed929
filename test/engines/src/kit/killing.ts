import type { Daemon } from './daemon.js'

/** What a case has made ready for the moment when its daemon is killed. */
export interface Ready {
  /** Done by all cases together, right before: what is then under way. */
  readonly last?: () => Promise<unknown>
  /** Looks at what has become of it. @param daemon another one, on what the first has left. */
  readonly afterwards: (daemon: Daemon) => Promise<void>
}
export type GetReady = (daemon: Daemon) => Promise<Ready>

/**
 * One kill -9 for many cases: all get ready on one daemon, which is killed while what they have begun is under way, and each
 * looks on its own at what the next daemon makes of it. It happens when the first of them runs.
 */
export class Killing {
  private readonly cases: GetReady[] = []
  private happened: Promise<{ daemon: Daemon; cases: Map<GetReady, Promise<Ready>> }> | undefined

  /** @param start starts a daemon; with a folder, on what another one has left there. */
  constructor(private readonly start: (stateDir?: string) => Promise<Daemon>) {}

  /** @returns the body of the test. */
  add(getReady: GetReady): () => Promise<void> {
    this.cases.push(getReady)
    return async () => {
      this.happened ??= this.happen()
      const { daemon, cases } = await this.happened
      const ready = await cases.get(getReady)
      await ready?.afterwards(daemon)
    }
  }

  private async happen() {
    const first = await this.start()
    const ready = this.cases.map(getReady => getReady(first))
    await Promise.allSettled(ready)
    const begun = ready.map(async one => {
      await (await one).last?.()
      return one
    })
    await Promise.allSettled(begun)
    await first.end('SIGKILL')
    const daemon = await this.start(first.stateDir)
    return { daemon, cases: new Map(this.cases.map((getReady, at) => [getReady, begun[at] as Promise<Ready>])) }
  }
}
