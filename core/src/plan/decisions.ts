import type { Pieces } from '../pieces.js'
import { Unknown } from '../plugin/schema.js'
import { type Decision, decide } from '../resource/decide.js'
import { leansOnAll } from '../resource/defined.js'
import type { Incarnation } from '../resource/rows/incarnation.js'
import { restrict } from '../resource/restrict.js'
import { isSecretAttribute, isSecretReference, type Live, scopeOf } from '../resource/attributes/scope.js'
import { NotedSecrecy } from '../resource/secrets/secrecy.js'
import type { Secrets } from '../resource/secrets/secrets.js'
import type { TypeRegistry } from '../resource/types.js'
import { type Resolved, resolveWanted } from '../resource/wanted.js'
import type { StackDefinition } from '../template/index.js'

/** What is to be done with each resource of a definition, as far as it can be said before anything runs. */
export interface Foreseen {
  readonly decision: Decision
  readonly resolved: Resolved
  readonly incarnation: Incarnation | undefined
  /** Whether it is wanted at all depends on a value that is not known yet. */
  readonly perhaps: boolean
}

/**
 * Decides every resource, a piece each, requirements first: what a changing resource will say is unknown to those that read it.
 * Preview shows these; a plan drops those that are certain to need nothing.
 * @param secrets tells digests of what is secret.
 * @param broken told of a resource that cannot be resolved with what exists. It throws to refuse the definition, as
 *   the default does; else nothing is foreseen of the resource, and its own step fails with the reason.
 * @param quiet see `QuietAssumption`.
 */
export function foresee(
  definition: StackDefinition,
  chosen: ReadonlyMap<string, Incarnation>,
  types: TypeRegistry,
  secrets: Pick<Secrets, 'digestOf'>,
  broken: (error: unknown) => void = refuse,
  quiet?: QuietAssumption,
): Pieces<Map<string, Foreseen>> {
  return definition.evaluating(foreseeAll(definition, chosen, types, secrets, broken, quiet))
}

/**
 * Nothing changes, neither in stacks inside nor outside: so resources say what they say now, also those with a stack inside,
 * which every update goes through. Whether that is so is for whoever assumes it to see from what is foreseen.
 */
export interface QuietAssumption {
  /** Live attributes, as they are now. */
  readonly live: Live
}

function* foreseeAll(
  definition: StackDefinition,
  chosen: ReadonlyMap<string, Incarnation>,
  types: TypeRegistry,
  secrets: Pick<Secrets, 'digestOf'>,
  broken: (error: unknown) => void,
  quiet: QuietAssumption | undefined,
): Pieces<Map<string, Foreseen>> {
  const foreseen = new Map<string, Foreseen>()
  const settledOrUndefined = (name: string): Incarnation | undefined => {
    const known = foreseen.get(name)
    if (known === undefined) return undefined
    return isSettled(known) || (quiet !== undefined && isGoneThrough(known)) ? known.incarnation : undefined
  }
  const secrecy = new NotedSecrecy(secrets)
  /** What a resource will say may be known to be secret before it is known. */
  const isSecret = (one: Foreseen | undefined, what: 'reference' | 'attribute', attribute?: string): boolean => {
    if (one === undefined) return false
    const { resolved, incarnation } = one
    // What a stack inside will say is as secret as it was.
    const tells = resolved.tellsSecrets || (isStack(resolved, types) && incarnation?.kept?.tells === true)
    const telling = { type: resolved.type, kept: { tells } }
    return what === 'reference' ? isSecretReference(telling, types) : isSecretAttribute(telling, attribute, types)
  }
  const scope = scopeOf({
    find: settledOrUndefined,
    types,
    secrecy,
    missing: (name, what, attribute) => {
      if (isSecret(foreseen.get(name), what, attribute)) secrecy.note()
      return new Unknown(`${name} may change`)
    },
    live:
      quiet?.live ??
      ((incarnation, attribute) => new Unknown(`${incarnation.name}.${attribute} is read when it is needed`)),
  })
  for (const name of definition.inOrder()) {
    const resource = definition.resources.get(name)
    const type = definition.typeOf(name)
    if (resource === undefined || type === undefined) continue
    yield
    let resolved: Resolved
    try {
      resolved = resolveWanted(resource, type, scope, resource.pathOf('properties'))
    } catch (error) {
      broken(error)
      continue
    }
    const incarnation = chosen.get(name)
    const decision = restrict(decide(type, incarnation, resolved), definition.registry.restrictedActionsOf(name))
    const perhaps = resource.enabled === 'perhaps'
    foreseen.set(name, { decision, resolved, incarnation, perhaps })
  }
  return foreseen
}

const isStack = ({ type }: Resolved, types: TypeRegistry): boolean => types.find(type)?.children !== undefined

function refuse(error: unknown): never {
  throw error
}

/** Certain to need nothing, not even another line in its row or a look at what it stands for, and nobody is at work on it. */
const isSettled = (one: Foreseen): boolean => one.decision.do === 'nothing' && isAtRest(one)

/** Nothing of it changes itself: an update goes through the stack inside it and no more. */
export const isGoneThrough = (one: Foreseen): boolean =>
  one.incarnation?.child?.status === 'COMPLETE' &&
  one.decision.do === 'update' &&
  one.decision.changed.length === 0 &&
  isAtRest(one)

const isAtRest = ({ resolved, incarnation, perhaps }: Foreseen): boolean =>
  !perhaps &&
  incarnation !== undefined &&
  incarnation.live === undefined &&
  incarnation.digest === resolved.digest &&
  incarnation.status === 'COMPLETE' &&
  incarnation.actor === null &&
  incarnation.cursor === null

/**
 * The resources that a plan leaves out: settled, like all they require, also by `depends_on`, since nothing reaches
 * through a node that is not there. Their rows have to name what they require as it is now: it may have been replaced by
 * an operation that did not come as far as them.
 */
export function settledNames(definition: StackDefinition, foreseen: ReadonlyMap<string, Foreseen>): Set<string> {
  const settled = new Set<string>()
  // Requirements come first, as they were foreseen.
  for (const [name, one] of foreseen) {
    const requires = definition.resources.get(name)?.requires ?? []
    // Where it is to stop, it has to be visited.
    const stops = definition.registry.hooksOf(name).includes('pre-update')
    if (stops || !isSettled(one) || !requires.every(required => settled.has(required))) continue
    const required = requires.flatMap(required => foreseen.get(required)?.incarnation ?? [])
    if (one.incarnation !== undefined && leansOnAll(one.incarnation, required)) settled.add(name)
  }
  return settled
}
