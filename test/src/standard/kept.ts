import type { Daemon } from '@hearth/conformance'
import pg from 'pg'

/** All that the database of a daemon holds, as text. */
export async function kept(daemon: Daemon): Promise<string> {
  const client = new pg.Client({ connectionString: daemon.shared()['database:connection'] })
  await client.connect()
  try {
    const tables = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
    )
    const texts: string[] = []
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ text: string | null }>(
        `SELECT string_agg(t::text, E'\\n') AS text FROM ${name} t`,
      )
      texts.push(rows[0]?.text ?? '')
    }
    return texts.join('\n')
  } finally {
    await client.end()
  }
}
