import { randomUUID } from 'node:crypto'
import { eventSinks } from '@hearth/db'
import type { Json, JsonMap, Transaction } from '../plugin/index.js'
import type { Secrets } from '../resource/secrets/secrets.js'
import type { Environment } from '../template/index.js'

type Sinks = Pick<Environment, 'event_sinks'>

/**
 * Has the events of a stack sent to the sinks of its environment from now on, and to no others; what happened before is
 * still sent to those of before. Called in the transaction that brings the stack to the environment, before that is
 * reported. Without sinks, now and before, it asks nothing.
 * @param before the environment that the stack has had; absent: it is new.
 */
export async function followSinks(
  tx: Transaction,
  secrets: Secrets,
  stack: { readonly id: string; readonly rootId: string },
  { event_sinks: wanted }: Sinks,
  before: Sinks = { event_sinks: [] },
): Promise<void> {
  if (wanted.length === 0 && before.event_sinks.length === 0) return
  await eventSinks.follow(tx, stack, distinct(wanted, secrets))
}

/** The same entry twice is one: each event would come twice. */
function distinct(wanted: readonly Json[], secrets: Secrets) {
  const byDigest = new Map(wanted.map(sink => [secrets.digestOf(sink), sink as JsonMap]))
  return [...byDigest].map(([digest, sink]) => ({ id: randomUUID(), digest, sink: secrets.seal(sink) }))
}
