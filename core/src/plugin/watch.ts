import type { Option } from '@hearth/config/option'
import type { Clock, Database, Options } from './services.js'

/** What a `Watch` listens to, and whom it tells. */
export interface Watched {
  /** The NOTIFY channel on which daemons that share the database tell each other of work. */
  readonly channel: string
  /** Seconds between two polls; asked before each. */
  readonly every: Option<number>
  readonly heard: (payload: string) => void
  /** At the start, and then every so often: for what no notification told. */
  readonly poll: () => void
}

/** Hears of work, from its start to its stop. Either may be called twice. */
export class Watch {
  private on = false
  private cancelPoll: (() => void) | undefined
  private unlisten: (() => Promise<void>) | undefined

  constructor(
    private readonly parts: { readonly db: Database; readonly clock: Clock; readonly options: Options },
    private readonly watched: Watched,
  ) {}

  get open(): boolean {
    return this.on
  }

  async start(): Promise<void> {
    if (this.on) return
    this.on = true
    this.unlisten = await this.parts.db.listen(this.watched.channel, payload => this.watched.heard(payload))
    this.poll()
  }

  async stop(): Promise<void> {
    this.on = false
    this.cancelPoll?.()
    await this.unlisten?.()
    this.unlisten = undefined
  }

  private poll(): void {
    if (!this.on) return
    this.watched.poll()
    const seconds = this.parts.options.get(this.watched.every)
    this.cancelPoll = this.parts.clock.after(seconds * 1000, () => this.poll())
  }
}
