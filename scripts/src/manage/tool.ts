import { type HearthDatabase, schemaState } from '@hearth/db'
import type { Command } from 'commander'
import { openForTool } from '../database.js'
import type { Runtime } from '../runtime.js'

/** What every command of hearth-manage works with. */
export interface Tool {
  readonly program: Command
  /** The daemon's own configuration and plugins. @throws ConfigurationError, PluginError */
  readonly runtime: () => Promise<Runtime>
}

/** Prints a line for people and scripts. */
export const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

/** Opens the database for as long as `work` takes. */
export async function withDatabase<T>(runtime: Runtime, work: (db: HearthDatabase) => Promise<T>): Promise<T> {
  const opened = await openForTool(runtime)
  try {
    return await work(opened.db)
  } finally {
    await opened.close()
  }
}

/** @throws Error if the schema is not the one that this version works with */
export async function checkSchema(db: HearthDatabase, { migrations }: Runtime): Promise<void> {
  const { pending, newerBreaking } = await schemaState(db, migrations)
  if (pending.length > 0)
    throw new Error(`The database schema is old: ${pending.join(', ')} not applied; run: hearth-manage db sync`)
  if (newerBreaking.length > 0)
    throw new Error(`The database has a newer schema (${newerBreaking.join(', ')}); use that version's hearth-manage.`)
}
