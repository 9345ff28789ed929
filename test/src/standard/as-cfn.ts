import type { RandomRequest } from './random-templates.js'
import type { Json } from './random-values.js'

type Map = { [key: string]: Json }

/** The same request with its template in CloudFormation's format, as far as that has what it says. */
export function asCfn(request: RandomRequest): RandomRequest {
  const { parameters, resources, outputs } = request.template as Record<string, Map>
  return {
    ...request,
    template: {
      AWSTemplateFormatVersion: '2010-09-09',
      Parameters: mapped(parameters, parameterOf),
      Conditions: { on: { 'Fn::Equals': [1, 1] }, off: { 'Fn::Equals': [1, 2] }, flagged: flagged },
      Resources: mapped(resources, one => renamed(one as Map, words)),
      Outputs: mapped(outputs, one => renamed(one as Map, { value: 'Value' })),
    },
  }
}

const flagged: Json = { 'Fn::Equals': [{ Ref: 'flag' }, true] }

const types: Readonly<Record<string, string>> = {
  string: 'String',
  number: 'Number',
  boolean: 'Boolean',
  json: 'Json',
  comma_delimited_list: 'CommaDelimitedList',
}
const parameterOf = (given: Json): Json => {
  const { type, default: fallback } = given as Map
  return { Type: types[type as string] ?? null, ...(fallback === undefined ? {} : { Default: fallback }) }
}

const words: Readonly<Record<string, string>> = {
  type: 'Type',
  properties: 'Properties',
  metadata: 'Metadata',
  depends_on: 'DependsOn',
  condition: 'Condition',
  deletion_policy: 'DeletionPolicy',
  update_policy: 'UpdatePolicy',
}

/** Keys that the format has no word for are left out. */
function renamed(given: Map, names: Readonly<Record<string, string>>): Map {
  const entries = Object.entries(given).flatMap(([key, value]): [string, Json][] => {
    const name = names[key]
    // A condition may only be named there.
    if (name === undefined || (key === 'condition' && typeof value !== 'string')) return []
    return [[name, key === 'type' || key === 'depends_on' ? value : functionsOf(value)]]
  })
  return Object.fromEntries(entries)
}

/** Functions that the format has, by other names; what else is one in HOT is data. */
function functionsOf(value: Json): Json {
  if (Array.isArray(value)) return value.map(functionsOf)
  if (typeof value !== 'object' || value === null) return value
  const [[key, args] = ['', null], ...others] = Object.entries(value)
  if (others.length === 0 && (key === 'get_resource' || (key === 'get_param' && typeof args === 'string'))) {
    return { Ref: args }
  }
  if (others.length === 0 && key === 'get_attr' && Array.isArray(args)) return { 'Fn::GetAtt': args.slice(0, 2) }
  if (others.length === 0 && key === 'list_join') return { 'Fn::Join': functionsOf(args) }
  if (others.length === 0 && key === 'str_split') return { 'Fn::Split': functionsOf(args) }
  if (others.length === 0 && key === 'if') return { 'Fn::If': functionsOf(args) }
  return mapped(value, functionsOf)
}

const mapped = (map: Map = {}, each: (value: Json) => Json): Map =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, each(value)]))
