import * as errors from '../errors.js'
import { type MaybeUnknown, type ResourceType, Unknown } from '../plugin/index.js'
import type { Facade, ResourceDefinition, Scope } from '../template/index.js'
import { plainNumbers } from '../template/values/float.js'
import { isMap } from '../template/values/maps.js'
import { holdsHidden } from '../template/inside/holds-hidden.js'
import type { Attempt } from '../template/problems.js'
import { str } from '../template/values/python.js'
import type { Wanted } from './decide.js'
import { digestOf } from './digest.js'
import { hidesSomething } from './secrets/hidden.js'
import type { NamedChecks } from './properties/named-constraints.js'
import { coerceProperties, keepingEach } from './properties/properties.js'

/** A resource as its definition wants it, resolved as far as `scope` knows. */
export interface Resolved extends Wanted {
  /** As the template names it. */
  readonly declaredType: string
  readonly metadata: MaybeUnknown
  readonly facade: Facade
  readonly updatePolicy: Record<string, MaybeUnknown>
  /** Properties that nobody is to see, because of what they are made of. */
  readonly secret: readonly string[]
  /** Those, or its metadata, may be in its attributes as well. */
  readonly tellsSecrets: boolean
}

/**
 * @param at how an error names the place: the path into the template, or Heat's run-time form.
 * @param checks absent: constraints that answer later have no objection.
 * @throws HearthError with the path of the property that does not fit.
 */
export function resolveWanted(
  definition: ResourceDefinition,
  type: ResourceType,
  scope: Scope,
  at: string,
  checks: NamedChecks = definition.constraints,
): Resolved {
  const { externalId } = definition
  // Nothing is left of one that could not be resolved.
  scope.secrecy?.taken()
  const secret: string[] = []
  const given = externalId === null ? definition.resolveProperties(scope, at, undefined, name => secret.push(name)) : {}
  const plain = definition.facade(scope)
  const { metadata, update_policy: policy } = plain
  const tellsSecrets = plain.secret === true || !secret.every(name => keepsSecret(type, name))
  // The stack inside knows by itself what of it is secret.
  if (type.children !== undefined) secret.push(...Object.keys(given).filter(name => holdsHidden(given[name] ?? null)))
  const content = {
    type: definition.type,
    // 1 and 1.0 are one value to every type.
    given: plainNumbers(given),
    metadata,
    dependsOn: [...definition.dependsOn].sort(),
    deletionPolicy: definition.deletionPolicy,
    ...(isMap(policy) && Object.keys(policy).length === 0 ? {} : { policy }),
    ...(externalId === null ? {} : { externalId }),
  }
  return {
    declaredType: definition.type,
    type: type.name,
    properties:
      externalId === null ? coerceProperties(type.properties, given, at, checks, keepingEach(secret, at)) : {},
    externalId,
    metadata,
    facade: tellsSecrets ? { ...plain, secret: true } : plain,
    updatePolicy: coercePolicy(type, policy, definition.pathOf('updatePolicy'), checks),
    secret: [...new Set(secret)],
    tellsSecrets,
    digest: Unknown.within(content) ? undefined : digestBy(scope, secret.length > 0 || tellsSecrets, content),
  }
}

/** A type that knows of secrets in a property tells them nobody; what it does with others is not known. */
const keepsSecret = ({ properties }: ResourceType, name: string): boolean =>
  properties !== 'any' && hidesSomething(properties[name])

/** A plain digest of what is easy to guess would tell it. */
const digestBy = ({ secrecy }: Scope, secret: boolean, content: object): string =>
  secret && secrecy !== undefined ? secrecy.digestOf(content) : digestOf(content)

/**
 * An update policy as its type wants it: all that the type declares, with its default or null. What is not known yet is
 * left out. @throws HearthError as coerceProperties.
 */
export function coercePolicy(
  type: ResourceType,
  policy: MaybeUnknown,
  at: string,
  checks: NamedChecks,
  attempt?: Attempt,
): Record<string, MaybeUnknown> {
  if (Unknown.is(policy)) return {}
  if (isMap<MaybeUnknown>(policy)) return coerceProperties(type.updatePolicy ?? {}, policy, at, checks, attempt)
  throw errors.stackValidationFailed({ error: 'Property error', path: at, message: `"${str(policy)}" is not a map` })
}
