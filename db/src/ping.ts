import { asking } from './aside.js'
import { codeOf, hasNoConnection } from './trouble.js'

/** How PostgreSQL lists who asks. */
export const pingName = 'hearth ping'

const timeoutMs = 2_000
/** The timer of an attempt rang later than this: our own process was busy, and the answer may have been there. */
const lateMs = timeoutMs + 100
const mostTries = 3

/** Whether a server answers in time, and takes writes. */
export async function answers(url: string): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    const began = performance.now()
    const there = await answersAtOnce(url)
    if (there || performance.now() - began < lateMs || tries === mostTries) return there
  }
}

async function answersAtOnce(url: string): Promise<boolean> {
  try {
    return await asking({ url, name: pingName, timeoutMs }, async client => {
      const { rows } = await client.query<{ transaction_read_only: string }>('SHOW transaction_read_only')
      return rows[0]?.transaction_read_only === 'off'
    })
  } catch (error) {
    // It answers those that it has.
    return hasNoConnection(error)
  }
}

/**
 * Some megabytes where the tables lie, in a file that is gone when the statement is over: no row and no record of it is
 * written, which at the end of the room might be the last one.
 */
const settings = `SET temp_tablespaces = ''; SET work_mem = '64kB'`
const spill = `SELECT count(*) FROM (SELECT repeat('x', 100) FROM generate_series(1, 30000) AS n ORDER BY -n) AS sorted`

/** The code of a server without room (disk_full); what else may be wrong with it does not say that it has none. */
const diskFull = '53100'

/** Whether a server has room for some megabytes more, as far as it can be told. */
export async function hasRoom(url: string): Promise<boolean> {
  try {
    return await asking({ url, name: pingName, timeoutMs }, async client => {
      await client.query(settings)
      await client.query(spill)
      return true
    })
  } catch (error) {
    return codeOf(error) !== diskFull
  }
}
