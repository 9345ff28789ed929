import type { Daemon } from '@hearth/conformance'
import pg from 'pg'

/** All that the database of a daemon holds, as text. */
export async function kept(daemon: Daemon): Promise<string> {
  const client = new pg.Client({ connectionString: daemon.shared()['database:connection'] })
  await client.connect()
  try {
    return (await keptRows(client)).join('\n')
  } finally {
    await client.end()
  }
}

/** The same, a row each, as `table: row`. */
export async function keptRows(client: pg.Client): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
  )
  const found: string[] = []
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM public."${name}" t`)
    for (const { row } of rows) found.push(`${name}: ${row}`)
  }
  return found
}
