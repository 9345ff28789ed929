import { randomUUID } from 'node:crypto'
import { limits } from '@hearth/config'
import { resources, type StackRow, stacks } from '@hearth/db'
import { HearthError } from '../../errors.js'
import { type Adjusting, type JsonMap, ResourceFailure, type Transaction } from '../../plugin/index.js'
import { type Incarnation, incarnationOf } from '../../resource/rows/incarnation.js'
import { referenceOf } from '../../resource/attributes/scope.js'
import type { DefinitionContent, Facade } from '../../template/index.js'
import { updateChild } from './child-update.js'
import { withFormerFiles } from './former-files.js'
import { timeoutSeconds } from '../create.js'
import { lookInside } from './inside.js'
import { currentResources } from '../read/current.js'
import { refOf } from '../records.js'
import type { StackServices } from '../services.js'

/** So begins who asked for an operation of a nested stack, if that was a signal; the note follows. */
const bySignal = 'signal:'
/** An engine may hold a stack for a moment after its operation has ended: it is asked again, so often, after so long. */
const busyTries = 5
const busyMs = 100
/** What a stack from before facades were kept was told of the resource around. */
const untold: Facade = { metadata: {}, deletion_policy: 'Delete', update_policy: {} }
/** States in which a resource, or the stack inside, stays as it is. */
const still: ReadonlySet<string> = new Set(['SUSPEND', 'DELETE'])

/**
 * A signal to one resource changes the stack inside another: an operation of that stack, accepted together with the
 * signal. While something runs on it, or on the resource around, the signal is ignored.
 * @param store writes what the signal leaves, in the transaction that asks for the change.
 * @returns whether it was accepted. @throws ResourceFailure if there is no such resource, or its type refuses.
 */
export async function adjustInside(
  services: StackServices,
  stack: StackRow,
  wish: Adjusting,
  store: (tx: Transaction) => Promise<void>,
): Promise<boolean> {
  const around = await adjustable(services, stack, wish.resource)
  const [inside] = await stacks.ofResources(services.db, [around.id])
  if (inside === undefined) return false
  for (let tries = 1; ; tries++) {
    try {
      let accepted = false
      await updateChild(services, {
        stack: inside.id,
        parent: stack,
        operation: { timeoutSeconds: timeoutSeconds(services, stack.timeoutMins) },
        toward: async found => {
          const wanted = await adjustment(services, stack, found, wish)
          accepted = wanted !== undefined
          if (wanted === undefined) return undefined
          return { content: wanted.content, asker: { key: bySignal + JSON.stringify(wanted.note), check: store } }
        },
      })
      return accepted
    } catch (error) {
      if (!HearthError.is(error) || error.type !== 'ActionInProgress') throw error
      if (tries === busyTries) return false
      await new Promise<void>(resolve => services.clock.after(busyMs, resolve))
    }
  }
}

/** Undefined: not now, or not at all. */
async function adjustment(
  services: StackServices,
  stack: StackRow,
  found: StackRow,
  { resource, how }: Adjusting,
): Promise<{ readonly content: DefinitionContent; readonly note: JsonMap } | undefined> {
  const { types, definitions, options, clock } = services
  const around = await adjustable(services, stack, resource)
  if (around.status !== 'COMPLETE' || still.has(around.action)) return undefined
  if (found.status === 'IN_PROGRESS' || still.has(found.action)) return undefined
  const wanted = types.find(around.type)?.children?.adjust?.(how, {
    stored: around,
    inside: await lookInside(services, found),
    now: clock.now(),
    seed: randomUUID(),
  })
  if (wanted === undefined) return undefined
  const definition = await definitions.ofTemplate(stack.templateId, refOf(stack))
  const { facade = untold } = await definitions.ofTemplate(found.templateId, refOf(found))
  const content = definition.contentOf(around.name, wanted, facade, options.get(limits.maxTemplateSize))
  return { content: await withFormerFiles(services, found, content), note: wanted.note }
}

/** The resource that is meant. @throws ResourceFailure */
async function adjustable(
  { db, secrets, types }: StackServices,
  stack: StackRow,
  reference: string,
): Promise<Incarnation> {
  for (const { incarnation } of await currentResources(db, secrets, stack)) {
    if (types.find(incarnation.type)?.children?.adjust === undefined) continue
    if (referenceOf(incarnation, types) === reference) return incarnation
  }
  throw new ResourceFailure(`could not find scaling group named "${reference}"`, 'NotFound')
}

/**
 * A nested stack has come to an end: the step that waits for it goes on, and the resource around keeps what a change by a
 * signal leaves. Locks rows of the parent.
 */
export async function childEnded(
  { engines, types, secrets, clock, log }: Pick<StackServices, 'engines' | 'types' | 'secrets' | 'clock' | 'log'>,
  child: StackRow,
  tx: Transaction,
): Promise<void> {
  const { parentId, parentResourceId, askedBy, status } = child
  if (parentId === null || parentResourceId === null) return
  await engines.of(child).wake([{ id: parentResourceId, stack: parentId }], tx)
  if (status !== 'COMPLETE' || askedBy === null || !askedBy.startsWith(bySignal)) return
  const row = await resources.lock(tx, parentResourceId)
  if (row === undefined) return
  const stored = incarnationOf(row, secrets)
  let received: JsonMap | undefined
  try {
    const note = JSON.parse(askedBy.slice(bySignal.length)) as JsonMap
    received = types.find(stored.type)?.children?.adjusted?.(note, { stored, now: clock.now() })
  } catch (error) {
    // The stack has ended, whatever a plugin makes of that: else it would be ended again and again.
    log.error({ err: error, stack: parentId, resource: stored.name }, 'What a signal has changed cannot be noted')
  }
  if (received !== undefined) await resources.receive(tx, stored.id, secrets.seal(received))
}
