import type { MaybeUnknown, ResourceType } from '../plugin/index.js'
import type { ResourceDefinition, Scope } from '../template/index.js'
import type { Wanted } from './decide.js'
import { digestIfKnown } from './digest.js'
import type { NamedChecks } from './named-constraints.js'
import { coerceProperties } from './properties.js'

/** A resource as its definition wants it, resolved as far as `scope` knows. */
export interface Resolved extends Wanted {
  /** As the template names it. */
  readonly declaredType: string
  readonly metadata: MaybeUnknown
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
  const given = externalId === null ? definition.resolveProperties(scope, at) : {}
  const metadata = definition.resolveMetadata(scope)
  return {
    declaredType: definition.type,
    type: type.name,
    properties: externalId === null ? coerceProperties(type.properties, given, at, checks) : {},
    externalId,
    metadata,
    digest: digestIfKnown({
      type: definition.type,
      given,
      metadata,
      dependsOn: [...definition.dependsOn].sort(),
      deletionPolicy: definition.deletionPolicy,
      ...(externalId === null ? {} : { externalId }),
    }),
  }
}
