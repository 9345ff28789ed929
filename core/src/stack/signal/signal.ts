import { resources, type ResourceRow, type StackRow } from '@hearth/db'
import * as errors from '../../errors.js'
import { HearthError } from '../../errors.js'
import {
  type Adjusting,
  type Json,
  type JsonMap,
  ResourceFailure,
  type Signalled,
  type Transaction,
} from '../../plugin/index.js'
import { Change } from '../../resource/rows/change.js'
import { failureReason } from '../../resource/failure.js'
import { secretTexts } from '../../resource/secrets/secret-texts.js'
import { type Incarnation, incarnationOf, untouched } from '../../resource/rows/incarnation.js'
import { adjustInside } from '../nested/index.js'
import { clearHook } from './hooks.js'
import { currentNamed } from '../read/current.js'
import { findLiveStack } from '../read/find.js'
import { metadataOf } from '../read/metadata.js'
import type { StackServices } from '../services.js'
import { refOf } from '../records.js'
import { checkReceived } from './received-limit.js'
import { signalReason } from './signal-reason.js'
import { withResource } from './with-resource.js'

/** States in which resources take no signal, but for types that take them always. */
const deaf: ReadonlySet<string> = new Set(['SUSPEND', 'DELETE'])

/**
 * Hands a signal to a resource, whatever runs on its stack. It is stored before this answers, and what waits for it is
 * called again. What a type has against it is in an event, and the sender is not told: so senders of Heat know it.
 * @throws InvalidBreakPointHook, ResourceNotFound, ResourceNotAvailable, NotSupported, ResourceActionNotSupported
 */
export async function signalResource(
  services: StackServices,
  stack: StackRow,
  name: string,
  details: Json | undefined,
): Promise<void> {
  const hook = hookIn(details)
  if (hook !== undefined) return clearHook(services, stack, name, hook)
  const { row } = await currentNamed(services, stack, name)
  await deliver(services, stack, row, details)
}

/** What a signal is sent by that has no token: a signature in its URL. */
export interface SignedSignal {
  readonly project: string
  readonly name: string
  readonly id: string
  readonly resource: string
  readonly signature: string
}

/** What became of a signal. */
interface Delivered {
  /** The resource as it is now. */
  readonly after: Incarnation
  /** Why it was of no use, as the event says. */
  readonly refused?: string
}

/**
 * The same, for whoever knows the resource's signed URL. It says nothing of what is there to those who do not, and clears
 * no hooks. @returns the resource's metadata after it, and what the type had against it.
 * @throws Forbidden, NotSupported, ResourceActionNotSupported
 */
export async function signalBySignature(
  services: StackServices,
  { project, name, id, resource, signature }: SignedSignal,
  details: Json | undefined,
): Promise<{ readonly metadata: JsonMap; readonly refused?: string }> {
  const stack = await findLiveStack(services, { project }, name, id).catch(error => {
    throw HearthError.is(error) ? errors.invalidSignalUrl() : error
  })
  // One that was replaced has its URL as long as it is there: it may be waiting while it is deleted.
  const rows = await resources.named(services.db, [{ stackId: stack.id, name: resource }])
  const row = rows.find(one => services.signalUrls.accepts({ stack, resource: one }, signature))
  if (row === undefined) throw errors.invalidSignalUrl()
  const { after, ...rest } = await deliver(services, stack, row, details)
  return { metadata: await metadataOf(after, stack, services), ...rest }
}

async function deliver(
  services: StackServices,
  stack: StackRow,
  row: ResourceRow,
  details: Json | undefined,
): Promise<Delivered> {
  if (untouched(row)) throw errors.resourceNotAvailable(row.name)
  const type = services.types.find(row.implementation ?? row.type)
  if (deaf.has(row.action) && type?.signalledAlways !== true) return refuse(services, stack, row)
  if (type?.signal === undefined && type?.adjusts === undefined) throw errors.resourceActionNotSupported('signal')
  const sender = incarnationOf(row, services.secrets)
  if (type.adjusts !== undefined) {
    return { after: sender, ...(await adjust(services, stack, sender, type.adjusts(sender, details), details)) }
  }
  let delivered: Delivered = { after: sender }
  await withResource(services, stack, row.id, async (incarnation, tx) => {
    delivered = await take(services, stack, incarnation, details, tx)
  })
  return delivered
}

/** Has the stack inside another resource changed; that leaves an event here, together with what it asks for. */
async function adjust(
  services: StackServices,
  stack: StackRow,
  sender: Incarnation,
  what: Adjusting | undefined,
  details: Json | undefined,
): Promise<Pick<Delivered, 'refused'>> {
  if (what === undefined) return {}
  const { db, secrets } = services
  try {
    await adjustInside(services, stack, what, tx =>
      report(secrets, stack, sender, { status: sender.status, reason: signalReason(details) }, tx),
    )
    return {}
  } catch (error) {
    const refused = objection(error, sender, services)
    await db.transaction(tx => report(secrets, stack, sender, { status: 'FAILED', reason: refused }, tx))
    return { refused }
  }
}

/** `{ "unset_hook": "pre-create" }` is for the host, whatever the type. */
const hookIn = (details: Json | undefined): string | undefined =>
  typeof details === 'object' && details !== null && !Array.isArray(details) && typeof details.unset_hook === 'string'
    ? details.unset_hook
    : undefined

async function take(
  services: StackServices,
  stack: StackRow,
  incarnation: Incarnation,
  details: Json | undefined,
  tx: Transaction,
): Promise<Delivered> {
  const { types, secrets } = services
  let signalled: Signalled | undefined
  try {
    signalled = await types.find(incarnation.type)?.signal?.(incarnation, details, tx)
  } catch (error) {
    const refused = objection(error, incarnation, services)
    await report(secrets, stack, incarnation, { status: 'FAILED', reason: refused }, tx)
    return { after: incarnation, refused }
  }
  if (signalled === undefined) return { after: incarnation }
  checkReceived(incarnation.name, signalled.received)
  await resources.receive(tx, incarnation.id, secrets.seal(signalled.received))
  const reason = signalReason(details, signalled.reason)
  await report(secrets, stack, incarnation, { status: incarnation.status, reason }, tx)
  return { after: { ...incarnation, received: signalled.received } }
}

/** What a type, or the limits of a tree, say against a signal. @throws all else. */
function objection(
  error: unknown,
  { name, type, properties, hidden }: Incarnation,
  { log, types }: StackServices,
): string {
  if (!ResourceFailure.is(error) && !(HearthError.is(error) && error.status < 500)) throw error
  const schemas = types.find(type)?.properties ?? 'any'
  return failureReason(error, name, log, () => secretTexts(schemas, properties, hidden))
}

/** The event stays, although the request is refused. */
async function refuse({ db, secrets }: StackServices, stack: StackRow, row: ResourceRow): Promise<never> {
  const reason = `Cannot signal resource during ${row.action}`
  await db.transaction(tx =>
    report(secrets, stack, incarnationOf(row, secrets), { action: row.action, status: row.status, reason }, tx),
  )
  throw errors.notSupported(`Signal resource during ${row.action}`)
}

/**
 * @param what with the status of the resource, or FAILED: the signal, not the resource. Its action only where there is no
 *   signal of it.
 */
async function report(
  secrets: StackServices['secrets'],
  stack: StackRow,
  incarnation: Incarnation,
  { action = 'SIGNAL', status, reason }: { readonly action?: string; readonly status: string; readonly reason: string },
  tx: Transaction,
): Promise<void> {
  const change = new Change(incarnation, refOf(stack)).report(action, status, reason)
  await resources.write(tx, [change.toWrite(secrets)])
}
