import { type Queryable, statement } from '../transaction.js'

const time = statement('clock-time', 'SELECT extract(epoch FROM hearth_now())::float8 * 1000 AS ms')

/** The clock of the database, by which moments are written down and compared. */
export const clocks = {
  /** Milliseconds since the epoch. */
  async now(on: Queryable): Promise<number | undefined> {
    const [row] = await on.query<{ ms: number }>(time)
    return row?.ms
  },
}
