import type { templates } from '@hearth/conformance'
import type { TestServer } from '@hearth/db/testing'
import pg from 'pg'

export type Resources = Parameters<typeof templates.template>[0]

/** A resource on the connection that daemons of these suites have. */
export const resource = (type: string, properties: object, more: object = {}) => ({
  type: `Hearth::PostgreSQL::${type}`,
  properties: { connection: 'main', ...properties },
  ...more,
})

export const named = (name: string) => ({ get_resource: name })

/** Whom to ask what is on the server, apart from Hearth. */
export function asking(target: () => TestServer) {
  /** @returns the rows of the last statement; the values of rows with one column. */
  const ask = async (sql: string, { database, user }: { database?: string; user?: [string, string] } = {}) => {
    const url = new URL(target().url)
    const client = new pg.Client({
      host: url.hostname,
      port: Number(url.port),
      user: user?.[0] ?? url.username,
      password: user?.[1] ?? decodeURIComponent(url.password),
      database: database ?? url.pathname.slice(1),
    })
    await client.connect()
    try {
      const last = [await client.query<unknown[]>({ text: sql, rowMode: 'array' })].flat().at(-1)
      return (last?.rows ?? []).map(row => (row.length === 1 ? row[0] : row))
    } finally {
      await client.end()
    }
  }
  const exists = async (catalog: string, column: string, value: string): Promise<boolean> =>
    (await ask(`SELECT 1 FROM ${catalog} WHERE ${column} = ${pg.escapeLiteral(value)}`)).length > 0
  return { ask, exists }
}
