import pg from 'pg'

/** Whom a question is put to, and how: PostgreSQL lists who asks by `name`; neither connecting nor an answer may take longer. */
export interface Aside {
  readonly url: string
  readonly name: string
  readonly timeoutMs: number
}

/** Asks something on a connection of its own: those of the pool may be busy, or be what is asked about. */
export async function asking<T>({ url, name, timeoutMs }: Aside, ask: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await ask(client)
  } finally {
    void client.end().catch(() => undefined)
  }
}
