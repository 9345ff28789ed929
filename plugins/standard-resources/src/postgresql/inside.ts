import {
  again,
  done,
  type Json,
  type JsonMap,
  type Progress,
  type Properties,
  replace,
  ResourceFailure,
  type StepContext,
} from '@hearth/core/plugin'
import { type Client, NoDatabase, type Session } from './connect.js'

/** Whose database it is about: what of a resource, or of a step, tells where it lies. */
type Whose = Pick<StepContext, 'properties' | 'data' | 'signal'>
type Work<T> = (client: Client, database: string) => Promise<T>

/**
 * Work in the database that a resource lies in. Once it lies there, the database is known by its number, which `data` keeps
 * as `database`: one that was renamed is still the same, and another one that has come to bear its name is not.
 */
export interface Inside {
  /** In the database of that name: whatever of it the resource may have been in. */
  named<T>(whose: Omit<Whose, 'data'>, work: Work<T>): Promise<T>
  /** Where the resource lies, or is going to lie; a replacement, if that is another one than it lies in. */
  into(context: StepContext, work: Work<Progress>): Promise<Progress>
  /** Where the resource lies, however that is called by now. @throws NoDatabase if it is gone */
  where<T>(whose: Whose, work: Work<T>): Promise<T>
}

export function insideBy(session: Session): Inside {
  const named = <T>({ properties, signal }: Omit<Whose, 'data'>, work: Work<T>): Promise<T> =>
    session(properties, nameIn(properties), signal, async client => work(client, await numberOf(client)))

  return {
    named,
    into: (context, work) =>
      named(context, async (client, database) => {
        const known = numberIn(context.data)
        const moves = known === undefined ? context.changed.includes('database') : known !== database
        return moves ? replace('it lies in another database from now on') : work(client, database)
      }),
    async where(whose, work) {
      const known = numberIn(whose.data)
      const found = await named(whose, async (client, database) =>
        known === undefined || known === database ? { result: await work(client, database) } : undefined,
      ).catch(error => {
        if (known === undefined || !(error instanceof NoDatabase)) throw error
        return undefined
      })
      if (found !== undefined) return found.result
      const { properties, signal } = whose
      const number = known as string
      try {
        const name = await session(properties, null, signal, client => nameOf(client, number))
        if (name !== undefined) return await session(properties, name, signal, client => work(client, number))
      } catch (error) {
        // Nobody has said that it is gone: it may just be renamed once more.
        throw error instanceof NoDatabase ? new ResourceFailure(error.message, 'ConnectionError') : error
      }
      throw new NoDatabase(`its database, '${nameIn(properties)}', is not there any more`)
    },
  }
}

/** How often a delete is tried whose connection was cut, and how far apart, in milliseconds. */
const tries = 10
const pauseMs = 500

/**
 * A delete of what lies in a database: with that it is gone, too. It is tried again if its connection is cut, since the
 * database may just be going.
 */
export async function removal(cursor: Json | undefined, work: () => Promise<Progress>): Promise<Progress> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof NoDatabase) return done()
    const { tried = 1 } = (cursor ?? {}) as { tried?: number }
    if (!ResourceFailure.is(error) || error.type !== 'ConnectionError' || tried >= tries) throw error
    return again({ tried: tried + 1 }, { afterMs: pauseMs })
  }
}

const nameIn = ({ database }: Properties): string | null => (typeof database === 'string' ? database : null)
const numberIn = ({ database }: JsonMap): string | undefined => (typeof database === 'string' ? database : undefined)

async function numberOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ oid: string }>(
    'SELECT oid::text FROM pg_database WHERE datname = current_database()',
  )
  return rows[0]?.oid ?? ''
}

async function nameOf(client: Client, number: string): Promise<string | undefined> {
  const { rows } = await client.query<{ name: string }>('SELECT datname AS name FROM pg_database WHERE oid = $1::oid', [
    number,
  ])
  return rows[0]?.name
}
