import pg from 'pg'
import { keepAliveMs } from './connection.js'
import { sessionOptions } from './session-options.js'

/** How PostgreSQL lists whoever listens. */
export const listenerName = 'hearth listener'

/** Seconds between attempts to connect again. */
const retrySeconds = [0.1, 0.5, 1, 2, 5]
const answerTimeoutMs = 5_000
/** Attempts that have to fail before it is worth a warning: most of what is lost is there again at once. */
const triesBeforeWarning = 4

/** One connection of its own for LISTEN. It connects again when it is lost, and then tells everybody to look. */
export class Listener {
  private readonly heard = new Map<string, Set<(payload: string) => void>>()
  private client: pg.Client | undefined
  private connecting: Promise<void> | undefined
  private closed = false
  private retry: NodeJS.Timeout | undefined
  private failures = 0

  constructor(
    private readonly url: string,
    private readonly log: { warn(message: string): void; debug(message: string): void },
  ) {}

  /** @throws whatever keeps it from connecting; then `heard` is never called. */
  async listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>> {
    if (this.closed) throw new Error(`the database is closed: nothing more is heard on ${channel}`)
    this.heard.set(channel, (this.heard.get(channel) ?? new Set()).add(heard))
    try {
      // Also for the second listener of a channel: the LISTEN of the first may still be under way.
      if (this.client === undefined) await this.connect()
      else await this.client.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
    } catch (error) {
      this.remove(channel, heard)
      throw error
    }
    return async () => {
      if (this.remove(channel, heard)) {
        await this.client?.query(`UNLISTEN ${pg.escapeIdentifier(channel)}`).catch(() => undefined)
      }
    }
  }

  async close(): Promise<void> {
    this.closed = true
    clearTimeout(this.retry)
    await this.connecting?.catch(() => undefined)
    const { client } = this
    this.client = undefined
    await client?.end().catch(() => undefined)
  }

  /** @returns whether nobody listens on the channel any more. */
  private remove(channel: string, heard: (payload: string) => void): boolean {
    const listeners = this.heard.get(channel)
    if (listeners?.delete(heard) !== true || listeners.size > 0) return false
    return this.heard.delete(channel)
  }

  private connect(): Promise<void> {
    this.connecting ??= this.open().finally(() => {
      this.connecting = undefined
    })
    return this.connecting
  }

  private async open(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: listenerName,
      options: sessionOptions(),
      connectionTimeoutMillis: answerTimeoutMs,
      query_timeout: answerTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveMs,
    })
    client.on('error', () => this.lose(client))
    client.on('end', () => this.lose(client))
    client.on('notification', ({ channel, payload = '' }) => {
      for (const heard of this.heard.get(channel) ?? []) heard(payload)
    })
    try {
      await client.connect()
      for (const channel of this.heard.keys()) await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
    } catch (error) {
      void client.end().catch(() => undefined)
      throw error
    }
    this.client = client
    clearTimeout(this.retry)
    this.retry = undefined
    if (this.failures > 0) {
      this.failures = 0
      // Whatever was notified meanwhile is lost; everybody looks once.
      for (const listeners of this.heard.values()) for (const heard of listeners) heard('')
    }
  }

  private lose(client: pg.Client): void {
    if (this.client === client) this.client = undefined
    this.retryLater()
  }

  private retryLater(): void {
    const busy = this.client !== undefined || this.connecting !== undefined || this.retry !== undefined
    if (busy || this.closed || this.heard.size === 0) return
    const wait = retrySeconds[Math.min(this.failures, retrySeconds.length - 1)] as number
    this.failures += 1
    if (this.failures === 1) this.log.debug('the connection that listens for notifications was lost; connecting again')
    if (this.failures === triesBeforeWarning + 1)
      this.log.warn('nothing is heard of what others notify; until it is again, work is found by polls only')
    this.retry = setTimeout(() => {
      this.retry = undefined
      this.connect().catch(() => this.retryLater())
    }, wait * 1000)
  }
}
