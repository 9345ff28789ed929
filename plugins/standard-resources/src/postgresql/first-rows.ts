import type { Json } from '@hearth/core/plugin'
import type pg from 'pg'
import type { Client } from './connect.js'

/**
 * The first rows of a query, which stands in a transaction that is open; no others are read.
 * @throws DatabaseError if it is no query, or more than one statement
 */
export async function firstRows<Row extends Json>(
  client: Client,
  query: string,
  most: number,
  how: Pick<pg.QueryArrayConfig, 'rowMode'> | Record<never, never> = {},
): Promise<Row[]> {
  // Extended: the server takes one statement then, and no more. The types of pg do not know of it.
  const declare = { text: `DECLARE asked NO SCROLL CURSOR FOR ${query}`, queryMode: 'extended' } as pg.QueryConfig
  await client.query(declare)
  const { rows } = await client.query({ text: `FETCH ${most} FROM asked`, ...how })
  await client.query('CLOSE asked')
  // As JSON has them: what it has no form for, as PostgreSQL writes it.
  return JSON.parse(JSON.stringify(rows)) as Row[]
}
