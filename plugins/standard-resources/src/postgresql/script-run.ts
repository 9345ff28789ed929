import {
  again,
  done,
  type Json,
  type JsonMap,
  type Progress,
  type Properties,
  ResourceFailure,
  type StepContext,
} from '@hearth/core/plugin'
import pg from 'pg'
import { text } from '../text.js'
import { type Client, isTooLong, limitStatements, refusal } from './connect.js'
import { firstRows } from './first-rows.js'
import { EndedTransaction, keyOf, readRuns, recorded, standing } from './once.js'
import { inTransaction } from './transaction.js'

/** How soon it is looked again how an earlier transaction has ended, in milliseconds. */
const lookMs = 1000
/** Rows of a query that are kept as an attribute. */
export const mostRows = 1000

/** Which scripts a step has to run, in that order, where all is as `applied` says. */
export type Choose = (applied: boolean) => readonly Json[] | Promise<readonly Json[]>

/**
 * Runs what a step has to run, unless an earlier call of it did, and answers with the rows of the query.
 * @param keepsRows whether there is anything left to ask: not once it is deleted.
 */
export async function runScripts(
  client: Client,
  context: StepContext,
  choose: Choose,
  { keepsRows }: { readonly keepsRows: boolean },
): Promise<Progress> {
  const { properties, resource } = context
  await limitStatements(client, Number(properties.timeout_seconds))
  const stands = await standing(client, readRuns(context.physicalId))
  if (stands === undefined) return again({}, { afterMs: lookMs })
  if (stands.forgotten !== undefined && properties.transaction === true) {
    throw new ResourceFailure(
      `the server does not know any more whether the transaction ${stands.forgotten}, in which the script was run, was committed; set transaction to false if the script may be run again`,
    )
  }
  const isDone = stands.by === keyOf(context.idempotencyKey)
  const texts = isDone ? [] : (await choose(stands.settled !== undefined)).filter(isStatement)
  if (texts.length === 0) return ended(client, properties, stands.settled ?? resource.id, keepsRows)

  const work = async (): Promise<void> => {
    for (const text of texts) await send(client, text)
  }
  if (properties.transaction !== true) {
    await context.setPhysicalId(stands.settled ?? resource.id)
    await work()
    return ended(client, properties, stands.settled ?? resource.id, keepsRows)
  }
  const asked = async (): Promise<void> => {
    await work()
    if (keepsRows) await rowsOf(client, properties)
  }
  const transaction = await recorded(client, stands, context, asked).catch(error => {
    if (!(error instanceof EndedTransaction)) throw error
    throw new ResourceFailure(
      'the script has ended its transaction itself; set transaction to false for one that has to',
    )
  })
  return transaction === undefined ? again({}, { afterMs: lookMs }) : ended(client, properties, transaction, keepsRows)
}

const send = async (client: Client, script: string): Promise<void> =>
  void (await client.query(script).catch(error => {
    throw error instanceof pg.DatabaseError ? refusal(error, script) : error
  }))

const isStatement = (text: Json): text is string => typeof text === 'string' && text.trim() !== ''

const ended = async (
  client: Client,
  properties: Properties,
  physicalId: string,
  keepsRows: boolean,
): Promise<Progress> => {
  if (!keepsRows) return done({ physicalId })
  return done({ physicalId, attributes: { rows: await inTransaction(client, () => rowsOf(client, properties)) } })
}

/** In a transaction. */
async function rowsOf(client: Client, { query }: Properties): Promise<JsonMap[]> {
  if (!isStatement(query ?? null)) return []
  const rows = await firstRows<JsonMap>(client, text(query), mostRows + 1)
  if (rows.length > mostRows) throw new ResourceFailure(`query answers more than ${mostRows} rows`)
  return rows
}

/** Whether its check says that all is as `up` has left it. What cannot even be asked is not. @throws if it takes too long. */
export async function holds(client: Client, { check, timeout_seconds: seconds }: Properties): Promise<boolean> {
  if (!isStatement(check ?? null)) return true
  await limitStatements(client, Number(seconds))
  try {
    const ask = (): Promise<Json[][]> => firstRows<Json[]>(client, text(check), 1, { rowMode: 'array' })
    return (await inTransaction(client, ask))[0]?.[0] === true
  } catch (error) {
    if (error instanceof pg.DatabaseError && !isTooLong(error.code)) return false
    throw error
  }
}

/** After which changes another `up` has to be run. */
const causes = ['up', 'triggers']

/**
 * What an update has to run: what was given before to take it back, and the new one. Where nothing differs it is there to
 * mend, and the check tells whether there is anything to mend.
 */
export const ofUpdate =
  (client: Client, { properties, previous, changed }: StepContext): Choose =>
  async applied => {
    const { up = null } = properties
    if (!applied) return [up]
    const again =
      changed.length === 0 ? !(await holds(client, properties)) : causes.some(name => changed.includes(name))
    return again ? [previous.down ?? null, up] : []
  }
