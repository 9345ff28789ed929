import { isDeepStrictEqual } from 'node:util'
import type { JsonMap, Logger, ResourceType } from '../plugin/index.js'
import { type Incarnation, untouched } from './rows/incarnation.js'
import type { TypeRegistry } from './types.js'

/** How long the live properties of one batch are read, in milliseconds. */
const patienceMs = 10_000

/** A resource to look at, and the project of its stack. */
export interface Sight {
  readonly incarnation: Incarnation
  readonly project: string
}

export interface Observer {
  readonly types: TypeRegistry
  readonly log: Logger
}

/**
 * Looks at what the incarnations stand for: each is answered as it was found, see `overlaid`. What cannot be read within
 * the deadline stays as it is stored, and the log says so.
 * Source: heat/engine/resource.py, _prepare_update_props.
 */
export async function observed(
  sights: readonly Sight[],
  { types, log }: Observer,
  deadlineMs = patienceMs,
): Promise<Incarnation[]> {
  if (!sights.some(({ incarnation }) => isObservable(incarnation, types))) return sights.map(one => one.incarnation)
  const signal = AbortSignal.timeout(deadlineMs)
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${deadlineMs} ms`)), { once: true })
  })
  late.catch(() => {})
  return Promise.all(
    sights.map(async ({ incarnation, project }) => {
      const type = types.find(incarnation.type)
      if (type?.observe === undefined || !isObservable(incarnation, types)) return incarnation
      if (incarnation.physicalId === null) return overlaid(incarnation, undefined, type)
      try {
        return overlaid(incarnation, await Promise.race([type.observe(incarnation, signal, { project }), late]), type)
      } catch (error) {
        log.warn(
          { err: error, resource: incarnation.id },
          `The live state of ${incarnation.name} (${incarnation.declaredType}) cannot be read; it is compared as stored`,
        )
        return incarnation
      }
    }),
  )
}

/** Those that an observing operation will look at are known to nobody before: they are marked as `unread`. Pure. */
export const unread = (incarnations: readonly Incarnation[], types: TypeRegistry): Incarnation[] =>
  incarnations.map(one => (isObservable(one, types) ? { ...one, live: 'unread' } : one))

/**
 * The stored properties, with the live ones over them; `gone` if there is nothing any more. Only what is stored is
 * compared: other names that a type answers are left out. Pure.
 */
export function overlaid(
  incarnation: Incarnation,
  found: JsonMap | undefined,
  { properties: schemas }: Pick<ResourceType, 'properties'>,
): Incarnation {
  if (found === undefined) return { ...incarnation, live: 'gone' }
  const stored = incarnation.properties
  const news = Object.entries(found).filter(
    ([name, value]) =>
      (Object.hasOwn(stored, name) || (schemas !== 'any' && Object.hasOwn(schemas, name))) &&
      !isDeepStrictEqual(stored[name] ?? null, value),
  )
  return news.length === 0 ? incarnation : { ...incarnation, properties: { ...stored, ...Object.fromEntries(news) } }
}

/**
 * Has its type a live view, and will that be compared? Not of what was never begun or stands outside of the stack, and
 * not while a step is under way: what that found is stored since it began, and it goes on from there.
 */
function isObservable(incarnation: Incarnation, types: TypeRegistry): boolean {
  const type = types.find(incarnation.type)
  return (
    type?.observe !== undefined &&
    type.effectless !== true &&
    type.children === undefined &&
    type.unchanging !== true &&
    incarnation.status !== 'IN_PROGRESS' &&
    incarnation.externalId === null &&
    !untouched(incarnation)
  )
}
