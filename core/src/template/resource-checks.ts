import * as errors from '../errors.js'
import { insideAttribute } from '../plugin/inside-attribute.js'
import type { ResourceType } from '../plugin/resource-type.js'
import type { NamedChecks } from '../resource/named-constraints.js'
import { checkPropertyNames, coerceProperties } from '../resource/properties.js'
import { checkByType } from '../resource/type-checks.js'
import { coercePolicy } from '../resource/wanted.js'
import { type Checks, unknownScope } from './expression.js'
import type { Problems } from './problems.js'
import { compare, repr } from './python.js'
import type { ResourceDefinition } from './resource-definition.js'
import type { ResourceKinds } from './resource-kinds.js'

interface CheckInput {
  /** Seconds that an operation on the stack may take, for types that check it. */
  readonly timeoutSeconds?: number
  /** Absent: those of the resource's language. */
  readonly checks?: NamedChecks
}

/** Each resource by its type: functions, policies, property names and values. */
export function checkResources(
  order: readonly string[],
  resources: ReadonlyMap<string, ResourceDefinition>,
  kinds: ResourceKinds,
  input: CheckInput,
  problems: Problems,
): void {
  const statics = checksOf(resources, kinds)
  for (const name of order) {
    const resource = resources.get(name)
    if (resource === undefined || problems.broken.has(name)) continue
    const type = kinds.of(resource)
    if (type === undefined) continue
    problems.attempt(resource.pathOf('properties'), () => checkResource(resource, type, statics, input))
    problems.attempt(resource.pathOf('type'), () => kinds.checkStandIn(resource))
  }
}

function checkResource(
  resource: ResourceDefinition,
  type: ResourceType,
  statics: Checks,
  { timeoutSeconds = 0, checks = resource.constraints }: CheckInput,
): void {
  resource.check(statics)
  if (resource.deletionPolicy === 'Snapshot' && type.snapshotDelete === undefined) {
    throw errors.stackValidationFailed({
      path: resource.pathOf('deletionPolicy'),
      message: '"Snapshot" deletion policy not supported',
    })
  }
  coercePolicy(type, resource.resolveUpdatePolicy(unknownScope), resource.pathOf('updatePolicy'), checks)
  const at = resource.pathOf('properties')
  checkPropertyNames(type.properties, resource.propertyNames, at)
  // The properties of an external resource are not used.
  if (resource.externalId !== null) return
  const properties = coerceProperties(type.properties, resource.resolveProperties(unknownScope), at, checks)
  checkByType(type, properties, timeoutSeconds, at)
}

/** What functions may refer to. */
export function checksOf(resources: ReadonlyMap<string, ResourceDefinition>, kinds: ResourceKinds): Checks {
  return {
    hasResource: name => resources.has(name),
    hasAttribute: (name, attribute) => {
      const resource = resources.get(name)
      const type = resource && kinds.of(resource)
      if (type?.children?.attribute !== undefined) return true
      const inside = insideAttribute(attribute)
      const template = resource && kinds.templateIn(resource)
      if (inside !== undefined && template !== undefined) return template.resources.has(inside.member)
      const attributes = type?.attributes
      return (
        attributes === undefined ||
        attributes === 'any' ||
        attribute === 'show' ||
        Object.hasOwn(attributes, attribute) ||
        Object.hasOwn(attributes, '*')
      )
    },
  }
}

export function checkDuplicates(parameters: readonly string[], resources: ReadonlySet<string>): void {
  const both = parameters.filter(name => resources.has(name)).sort(compare)
  if (both.length === 0) return
  throw errors.stackValidationFailed({ message: `Duplicate names {${both.map(repr).join(', ')}}` })
}

/** @throws HearthError InvalidTemplateReference */
export function requirementsOf(
  { name, type, externalId, dependsOn, references }: ResourceDefinition,
  enabled: ReadonlySet<string>,
  known: ReadonlySet<string>,
  validate: boolean,
): string[] {
  const requires = new Set<string>()
  if (externalId !== null) {
    if (validate && dependsOn.length > 0) throw errors.invalidExternalDependency(type, externalId)
    return []
  }
  for (const required of dependsOn) {
    if (enabled.has(required)) requires.add(required)
    else if (validate && !known.has(required)) throw errors.invalidTemplateReference(required, name)
  }
  for (const { resource, path } of references) {
    if (enabled.has(resource)) requires.add(resource)
    else if (validate) throw errors.invalidTemplateReference(resource, path)
  }
  return [...requires]
}
