import { createHash } from 'node:crypto'
import type { StepContext } from '@hearth/core/plugin'
import pg from 'pg'
import type { Client } from './connect.js'

/**
 * What a physical id tells of a script: the transaction by which it came to be as it is, and one that was begun after it
 * and may have ended in any way. `700`, `700>771@key`, or `>771@key` before anything has come to be.
 */
export interface Runs {
  readonly settled: string | undefined
  readonly begun?: { readonly transaction: string; readonly key: string }
}

export function readRuns(id: string | null): Runs {
  const [, settled = '', transaction, key] = /^([^>]*)(?:>(\d+)@(\w+))?$/.exec(id ?? '') ?? []
  return {
    settled: settled === '' ? undefined : settled,
    ...(transaction === undefined || key === undefined ? {} : { begun: { transaction, key } }),
  }
}

export const writeRuns = ({ settled = '', begun }: Runs): string =>
  begun === undefined ? settled : `${settled}>${begun.transaction}@${begun.key}`

/** How a step knows its own transaction again. */
export const keyOf = (idempotencyKey: string): string =>
  createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 16)

/** What has become of the transaction that was begun last: the server knows. */
export interface Standing {
  /** By which all is as it is; undefined: nothing has come to be. */
  readonly settled: string | undefined
  /** The key of the step whose transaction that is, if it was begun last. */
  readonly by?: string
  /** The transaction that was begun last, if it is so long ago that the server has forgotten how it ended. */
  readonly forgotten?: string
}

/** @returns undefined while that transaction is under way, in the hands of somebody who has not noticed yet. */
export async function standing(client: Client, { settled, begun }: Runs): Promise<Standing | undefined> {
  if (begun === undefined) return { settled }
  const { rows } = await client.query<{ status: string | null }>('SELECT pg_xact_status($1::xid8) AS status', [
    begun.transaction,
  ])
  const status = rows[0]?.status ?? null
  if (status === 'in progress') return undefined
  if (status === null) return { settled, forgotten: begun.transaction }
  return status === 'committed' ? { settled: begun.transaction, by: begun.key } : { settled }
}

/**
 * Does work in a transaction whose number is durable before the work is done: whoever comes after can tell how it ended.
 * @returns the number; undefined: the connection was lost in the moment of the commit, so that it has to be asked for.
 */
export async function recorded(
  client: Client,
  { settled }: Standing,
  { idempotencyKey, setPhysicalId }: Pick<StepContext, 'idempotencyKey' | 'setPhysicalId'>,
  work: () => Promise<void>,
): Promise<string | undefined> {
  await client.query('BEGIN')
  const transaction = await current(client)
  const runs = { settled, begun: { transaction, key: keyOf(idempotencyKey) } }
  try {
    await setPhysicalId(writeRuns(runs))
    await work()
    if ((await current(client)) !== transaction) throw new EndedTransaction()
    return (await committed(client)) ? transaction : undefined
  } catch (error) {
    // A connection that is gone has rolled back by itself, and whoever comes after will ask.
    await rolledBack(client, runs, setPhysicalId).catch(() => {})
    throw error
  }
}

/** That nothing came of a transaction is made durable while the server still knows it: some day it forgets. */
async function rolledBack(client: Client, runs: Runs, setPhysicalId: StepContext['setPhysicalId']): Promise<void> {
  await client.query('ROLLBACK')
  const stands = await standing(client, runs)
  if (stands !== undefined && stands.by === undefined && stands.forgotten === undefined) {
    await setPhysicalId(writeRuns({ settled: runs.settled }))
  }
}

/** Statements that begin or end transactions have no place in a script. */
export class EndedTransaction extends Error {}

async function committed(client: Client): Promise<boolean> {
  try {
    await client.query('COMMIT')
    return true
  } catch (error) {
    if (error instanceof pg.DatabaseError && !error.code?.startsWith('57P')) throw error
    return false
  }
}

async function current(client: Client): Promise<string> {
  const { rows } = await client.query<{ id: string }>('SELECT pg_current_xact_id()::text AS id')
  return rows[0]?.id ?? ''
}
