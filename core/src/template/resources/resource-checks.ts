import * as errors from '../../errors.js'
import type { ResourceType } from '../../plugin/resource-type.js'
import { type MaybeUnknown, type PropertySchemas, Unknown } from '../../plugin/schema.js'
import { hiddenNames } from '../../resource/secrets/hidden.js'
import type { Pieces } from '../../pieces.js'
import type { NamedChecks } from '../../resource/properties/named-constraints.js'
import { checkPropertyNames, coerceProperties, keepingEach } from '../../resource/properties/properties.js'
import { secretTexts } from '../../resource/secrets/secret-texts.js'
import { refuseUnstorable } from '../../resource/properties/storable.js'
import { checkByType, checkId } from '../../resource/properties/type-checks.js'
import { coercePolicy } from '../../resource/wanted.js'
import { type Checks, unknownScope, watchedScope } from '../expression.js'
import { own } from '../values/maps.js'
import { missingAttributes } from './missing-attributes.js'
import { plain, told } from '../../told.js'
import type { Attempt, Problems } from '../problems.js'
import { compare, repr } from '../values/python.js'
import type { ResourceDefinition } from './resource-definition.js'
import type { ResourceKinds } from './resource-kinds.js'
import { didYouMean } from '../values/suggest.js'

interface CheckInput {
  /** What no message tells: the values of hidden parameters. */
  readonly secretTexts: () => string[]
  readonly stack: { readonly project: string }
  /** Seconds that an operation on the stack may take, for types that check it. Absent: nobody knows. */
  readonly timeoutSeconds?: number
  /** Absent: those of the resource's language. */
  readonly checks?: NamedChecks
}

/**
 * Each resource, a piece each, by its type: functions, policies, property names and values.
 * @returns the names of those whose properties are of no use: they are not known yet, or wrong, where all problems are gathered.
 */
export function* checkResources(
  order: readonly string[],
  resources: ReadonlyMap<string, ResourceDefinition>,
  kinds: ResourceKinds,
  statics: Checks,
  input: CheckInput,
  problems: Problems,
): Pieces<ReadonlySet<string>> {
  const wrong = new Set<string>()
  for (const name of order) {
    const resource = resources.get(name)
    if (resource === undefined || problems.broken.has(name)) continue
    const type = kinds.of(resource)
    if (type === undefined) continue
    const at = resource.pathOf('properties')
    const sound = problems.attempt(at, () => checkResource(resource, type, statics, input, problems))
    if (sound !== true) wrong.add(name)
    problems.attempt(resource.pathOf('type'), () => kinds.checkStandIn(resource))
    yield
  }
  return wrong
}

/** @returns false: its properties are of no use. */
function checkResource(
  resource: ResourceDefinition,
  type: ResourceType,
  statics: Checks,
  { secretTexts: hidden, stack, timeoutSeconds = Number.POSITIVE_INFINITY, checks = resource.constraints }: CheckInput,
  problems: Problems,
): boolean {
  const { attempts: attempt } = problems
  const [policy, at] = [resource.pathOf('updatePolicy'), resource.pathOf('properties')]
  attempt(at, () => resource.check(statics))
  attempt(resource.pathOf('deletionPolicy'), () => checkDeletionPolicy(resource, type))
  const coercedPolicy = (): Record<string, MaybeUnknown> =>
    coercePolicy(type, resource.resolveUpdatePolicy(watchedScope()), policy, checks, attempt)
  const updatePolicy = problems.tried(policy, coercedPolicy, {}).result
  const named = problems.tried(at, () => checkPropertyNames(type.properties, resource.propertyNames, at, attempt), null)
  attempt(resource.pathOf('metadata'), () =>
    refuseUnstorable(resource.pathOf('metadata'), resource.resolveMetadata(watchedScope())),
  )
  // The properties of an external resource are not used.
  const { externalId } = resource
  if (externalId !== null) {
    const path = resource.pathOf('externalId')
    if (resource.knowsExternalId) attempt(path, () => checkId(type, externalId, stack, path, hidden))
    return true
  }
  if (!resource.hasProperties) return false
  const secret: string[] = []
  const scope = { ...watchedScope(), attribute: statics.foreseen }
  const given = resource.resolveProperties(scope, at, attempt, name => secret.push(name))
  if (type.properties !== 'any')
    checkReferences(type.properties, given, at, { ...statics, attempt: keepingEach(secret, at, attempt) })
  const coerced = (): Record<string, MaybeUnknown> =>
    coerceProperties(type.properties, given, at, checks, keepingEach(secret, at, attempt))
  const properties = problems.tried(at, coerced, {}).result
  const secrets = (): string[] => [...hidden(), ...secretTexts(type.properties, properties, secret)]
  const validated = { name: resource.name, timeoutSeconds, updatePolicy, beside: statics.names }
  // Of names that there are none of nobody can tell what was meant.
  if (named.sound) attempt(at, () => checkByType(type, properties, validated, at, secrets))
  attempt(at, () => refuseUnstorable(at, properties, hiddenNames(type.properties)))
  return true
}

/** All attributes of a resource that does not exist yet: a map, and if its type says all of their names, with these. */
function allOf(name: string, type: ResourceType | undefined): MaybeUnknown {
  const unknown = unknownScope.attribute(name, undefined, [])
  if (type === undefined || type.attributes === 'any' || type.children !== undefined) return unknown
  if (Object.hasOwn(type.attributes, '*')) return unknown
  const names = Object.keys(type.attributes).filter(one => one !== 'show')
  return Object.fromEntries(names.map(one => [one, unknownScope.attribute(name, one, [])]))
}

/** What can only be a reference is one, and to a resource of the right type. */
function checkReferences(
  schemas: PropertySchemas,
  given: Readonly<Record<string, MaybeUnknown>>,
  at: string,
  { typeOf, attempt }: Checks,
): void {
  for (const [name, { refersTo }] of Object.entries(schemas)) {
    const value = own(given, name) ?? null
    if (refersTo === undefined || value === null || (Unknown.is(value) && value.resource === undefined)) continue
    const path = `${at}.${name}`
    const target = Unknown.is(value) ? value.resource : undefined
    const type = target === undefined ? undefined : typeOf(target)
    // What its type is may be wrong by itself, which is told there.
    if (target !== undefined && (type === undefined || refersTo.includes(type))) continue
    const got = target === undefined ? told`${repr(value)}` : plain(`${target}, which is of type ${type}`)
    attempt(path, () => {
      const message = told`expected get_resource of a resource of type ${plain(refersTo.join(' or '))}; got ${got}`
      throw errors.stackValidationFailed({ error: 'Property error', path, message })
    })
  }
}

function checkDeletionPolicy(resource: ResourceDefinition, type: ResourceType): void {
  if (resource.deletionPolicy !== 'Snapshot' || type.snapshotDelete !== undefined) return
  throw errors.stackValidationFailed({
    path: resource.pathOf('deletionPolicy'),
    message: '"Snapshot" deletion policy not supported',
  })
}

/** What functions may refer to. */
export function checksOf(
  resources: ReadonlyMap<string, ResourceDefinition>,
  kinds: ResourceKinds,
  problems: Problems,
): Checks {
  const typeOf = (name: string): ResourceType | undefined => {
    const resource = resources.get(name)
    return resource === undefined || problems.broken.has(name) ? undefined : kinds.of(resource)
  }
  return {
    names: new Set(resources.keys()),
    missing: missingAttributes(resources, kinds, typeOf),
    foreseen: (name, attribute) =>
      attribute === undefined ? allOf(name, typeOf(name)) : unknownScope.attribute(name, attribute, []),
    typeOf: name => typeOf(name)?.name,
    doubt: (path, message) => problems.doubt(path, message),
    attempt: problems.attempts,
  }
}

/** @param path where the resources stand. */
export function checkDuplicates(parameters: readonly string[], resources: ReadonlySet<string>, path: string): void {
  const both = parameters.filter(name => resources.has(name)).sort(compare)
  if (both.length === 0) return
  const message = `Duplicate names {${both.map(repr).join(', ')}}`
  throw errors.stackValidationFailed({ message }).at({ path: `${path}.${both[0]}` })
}

/** The resources that one needs. @throws HearthError InvalidTemplateReference, unless it is only what is not there. */
export function requirementsOf(
  resource: ResourceDefinition,
  enabled: ReadonlySet<string>,
  known: ReadonlySet<string>,
  {
    validate,
    attempt,
    missing: told,
  }: { readonly validate: boolean; readonly attempt: Attempt; readonly missing: (name: string) => void },
): string[] {
  const { name, type, externalId, dependsOn, references } = resource
  const requires = new Set<string>()
  if (externalId !== null) {
    if (validate && dependsOn.length > 0) {
      throw errors.invalidExternalDependency(type, externalId).at({ path: resource.pathOf('dependsOn') })
    }
    return []
  }
  const missing = (required: string, where: string, at: string): void => {
    told(required)
    attempt(at, () => {
      throw errors.invalidTemplateReference(required, where, didYouMean(required, enabled))
    })
  }
  for (const required of dependsOn) {
    if (enabled.has(required)) requires.add(required)
    else if (validate && !known.has(required)) missing(required, name, resource.pathOf('dependsOn'))
  }
  for (const { resource: required, path, at } of references) {
    if (enabled.has(required)) requires.add(required)
    else if (validate) missing(required, path, at)
  }
  return [...requires]
}
