import { type Queryable, statement } from '../transaction.js'

const take = statement('key-take', 'INSERT INTO encryption_key (fingerprint) VALUES ($1) ON CONFLICT (id) DO NOTHING')
const known = statement('key-known', 'SELECT fingerprint FROM encryption_key')
const forget = statement('key-forget', 'DELETE FROM encryption_key RETURNING fingerprint')

/** By which key the secrets of this database are encrypted. */
export const encryptionKeys = {
  /** The first key is the database's. @returns its fingerprint. */
  async agreed(on: Queryable, fingerprint: string): Promise<string | undefined> {
    await on.query(take, [fingerprint])
    const [row] = await on.query<{ fingerprint: string }>(known)
    return row?.fingerprint
  },

  /** Whether the database has one. */
  async known(on: Queryable): Promise<boolean> {
    return (await on.query(known)).length > 0
  },

  /** The next key that comes is the database's. @returns whether there was one. */
  async forget(on: Queryable): Promise<boolean> {
    return (await on.query(forget)).length > 0
  },
}
