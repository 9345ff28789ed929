import type { Pieces } from '../pieces.js'
import { Unknown } from '../plugin/schema.js'
import { type Decision, decide } from '../resource/decide.js'
import type { Incarnation } from '../resource/incarnation.js'
import { restrict } from '../resource/restrict.js'
import { isSecretAttribute, isSecretReference, scopeOf } from '../resource/scope.js'
import { NotedSecrecy } from '../resource/secrecy.js'
import type { Secrets } from '../resource/secrets.js'
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
 */
export function foresee(
  definition: StackDefinition,
  chosen: ReadonlyMap<string, Incarnation>,
  types: TypeRegistry,
  secrets: Pick<Secrets, 'digestOf'>,
  broken: (error: unknown) => void = refuse,
): Pieces<Map<string, Foreseen>> {
  return definition.evaluating(foreseeAll(definition, chosen, types, secrets, broken))
}

function* foreseeAll(
  definition: StackDefinition,
  chosen: ReadonlyMap<string, Incarnation>,
  types: TypeRegistry,
  secrets: Pick<Secrets, 'digestOf'>,
  broken: (error: unknown) => void,
): Pieces<Map<string, Foreseen>> {
  const foreseen = new Map<string, Foreseen>()
  const settledOrUndefined = (name: string): Incarnation | undefined => {
    const known = foreseen.get(name)
    return known !== undefined && isSettled(known) ? known.incarnation : undefined
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
    live: (incarnation, attribute) => new Unknown(`${incarnation.name}.${attribute} is read when it is needed`),
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
const isSettled = ({ decision, resolved, incarnation, perhaps }: Foreseen): boolean =>
  decision.do === 'nothing' &&
  !perhaps &&
  incarnation !== undefined &&
  incarnation.live === undefined &&
  incarnation.digest === resolved.digest &&
  incarnation.status === 'COMPLETE' &&
  incarnation.actor === null &&
  incarnation.cursor === null

/**
 * The resources that a plan leaves out: settled, like all they require, also by `depends_on`, since nothing reaches
 * through a node that is not there.
 */
export function settledNames(definition: StackDefinition, foreseen: ReadonlyMap<string, Foreseen>): Set<string> {
  const settled = new Set<string>()
  // Requirements come first, as they were foreseen.
  for (const [name, one] of foreseen) {
    const requires = definition.resources.get(name)?.requires ?? []
    // Where it is to stop, it has to be visited.
    const stops = definition.registry.hooksOf(name).includes('pre-update')
    if (!stops && isSettled(one) && requires.every(required => settled.has(required))) settled.add(name)
  }
  return settled
}
