import pg from 'pg'

/** Seconds between attempts to connect again. */
const retrySeconds = [0.1, 0.5, 1, 2, 5]

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
    private readonly warn: (message: string) => void,
  ) {}

  async listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>> {
    const listeners = this.heard.get(channel) ?? new Set()
    this.heard.set(channel, listeners.add(heard))
    if (this.client === undefined) await this.connect()
    else if (listeners.size === 1) await this.client.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
    return async () => {
      listeners.delete(heard)
      if (listeners.size === 0 && this.heard.get(channel) === listeners) {
        this.heard.delete(channel)
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

  private connect(): Promise<void> {
    this.connecting ??= this.open().finally(() => {
      this.connecting = undefined
    })
    return this.connecting
  }

  private async open(): Promise<void> {
    const client = new pg.Client({ connectionString: this.url, keepAlive: true, application_name: 'hearth listener' })
    client.on('error', () => this.lose(client))
    client.on('end', () => this.lose(client))
    client.on('notification', ({ channel, payload = '' }) => {
      for (const heard of this.heard.get(channel) ?? []) heard(payload)
    })
    await client.connect()
    for (const channel of this.heard.keys()) await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
    this.client = client
    if (this.failures > 0) {
      this.failures = 0
      // Whatever was notified meanwhile is lost; everybody looks once.
      for (const listeners of this.heard.values()) for (const heard of listeners) heard('')
    }
  }

  private lose(client: pg.Client): void {
    if (this.client === client) this.client = undefined
    else if (this.client !== undefined || this.connecting !== undefined) return
    if (this.closed || this.retry !== undefined) return
    const wait = retrySeconds[Math.min(this.failures, retrySeconds.length - 1)] as number
    this.failures += 1
    if (this.failures === 1) this.warn('the connection that listens for notifications was lost; connecting again')
    this.retry = setTimeout(() => {
      this.retry = undefined
      if (this.closed) return
      this.connect().catch(() => this.lose(client))
    }, wait * 1000)
  }
}
