import * as errors from '../../errors.js'
import type { ResourceType } from '../../plugin/resource-type.js'
import type { PropertyKind } from '../../plugin/schema.js'
import type { ParameterSchema } from '../../plugin/template-format.js'
import type { TemplateType } from './template-type.js'

/** Of properties, as Heat writes them. */
const kindNames: Readonly<Record<PropertyKind, string>> = {
  string: 'String',
  integer: 'Integer',
  number: 'Number',
  boolean: 'Boolean',
  map: 'Map',
  list: 'List',
  any: 'Any',
}
/** What the parameters of a template are, as properties. */
const kinds: Readonly<Record<ParameterSchema['type'], PropertyKind>> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  comma_delimited_list: 'list',
  json: 'map',
}

/**
 * A template that the environment has in the place of a type must offer what the type does: its required properties, all its
 * attributes; no property that is required and unknown to the type, none of another kind
 * (heat/engine/resources/template_resource.py). A property that takes anything may be of any kind. Pure.
 * @throws HearthError StackValidationFailed
 */
export function checkStandIn(
  facade: ResourceType & Partial<Pick<TemplateType, 'parameters'>>,
  provider: TemplateType,
): void {
  if (facade.properties !== 'any' && provider.properties !== 'any') {
    const { properties } = facade
    for (const [name, { type, required = false }] of Object.entries(properties)) {
      const parameter = provider.parameters.get(name)
      // The property of a template takes text for a list, too: what it is stands in its parameter.
      const own = facade.parameters?.get(name)
      const wanted = own === undefined ? type : kinds[own.type]
      if (parameter !== undefined) checkKind(facade, name, wanted, kinds[parameter.type])
      else if (required) throw refused(`Required property ${name} for facade ${facade.name} missing in provider`)
    }
    for (const [name, { required = false }] of Object.entries(provider.properties)) {
      if (!required || Object.hasOwn(properties, name)) continue
      throw refused(`Provider requires property ${name} unknown in facade ${facade.name}`)
    }
  }
  const { attributes } = provider
  for (const name of facade.attributes === 'any' ? [] : Object.keys(facade.attributes ?? {})) {
    if (name === '*' || name === 'show' || attributes === 'any' || Object.hasOwn(attributes ?? {}, name)) continue
    throw refused(`Attribute ${name} for facade ${facade.name} missing in provider`)
  }
}

function checkKind(facade: ResourceType, name: string, wanted: PropertyKind, given: PropertyKind): void {
  if (wanted === 'any' || (wanted === 'integer' ? 'number' : wanted) === given) return
  throw refused(
    `Property ${name} type mismatch between facade ${facade.name} (${kindNames[wanted]}) and provider (${kindNames[given]})`,
  )
}

const refused = (message: string): Error => errors.stackValidationFailed({ message })
