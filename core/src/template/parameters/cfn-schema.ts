import * as errors from '../../errors.js'
import type { Json, JsonMap } from '../../plugin/json.js'
import type { ConstraintSchema } from '../../plugin/schema.js'
import type { ParameterSchema } from '../../plugin/template-format.js'
import { isMap, own } from '../values/maps.js'
import { placed } from '../problems.js'
import { str } from '../values/python.js'
import { instead } from '../values/suggest.js'
import { parseConstraint } from './constraint-schema.js'
import { apiTypes, parameterType } from './types.js'

const keys = [
  'Type',
  'Default',
  'NoEcho',
  'AllowedValues',
  'AllowedPattern',
  'MaxLength',
  'MinLength',
  'MaxValue',
  'MinValue',
  'Description',
  'ConstraintDescription',
  'Label',
]

/** A parameter as CloudFormation's format declares it. @throws HearthError InvalidSchemaError */
export function cfnParameter(name: string, declared: Json): ParameterSchema {
  if (!isMap(declared)) throw errors.invalidSchemaError(`Invalid parameter (${name}), expected a mapping`)
  const at = `Parameters.${name}`
  const extra = Object.keys(declared).find(key => !keys.includes(key))
  if (extra !== undefined) {
    const message = `Invalid key '${extra}' for parameter (${name})${instead(extra, keys)}`
    throw errors.invalidSchemaError(message).at({ path: `${at}.${extra}` })
  }
  const type = placed(`${at}.Type`, () => parameterType(name, own(declared, 'Type') ?? null, one => apiTypes[one]))
  const label = own(declared, 'Label') ?? null
  return {
    name,
    type,
    label: label === null ? undefined : str(label),
    description: str(own(declared, 'Description') ?? ''),
    default: own(declared, 'Default') ?? null,
    hidden: str(own(declared, 'NoEcho') ?? '').toLowerCase() === 'true',
    immutable: false,
    ...constraintsOf(declared, at),
    tags: undefined,
  }
}

/** In Heat's order; one description is said of all. */
function constraintsOf(declared: JsonMap, at: string): Pick<ParameterSchema, 'constraints' | 'keys'> {
  const given = (key: string): Json => own(declared, key) ?? null
  const some: { readonly key: string; readonly one: JsonMap }[] = []
  const bounds = (kind: string, least: string, largest: string): void => {
    const [min, max] = [given(least), given(largest)]
    if (min === null && max === null) return
    const one = { ...(min === null ? {} : { min }), ...(max === null ? {} : { max }) }
    some.push({ key: min === null ? largest : least, one: { [kind]: one } })
  }
  bounds('range', 'MinValue', 'MaxValue')
  bounds('length', 'MinLength', 'MaxLength')
  for (const [key, kind] of [
    ['AllowedValues', 'allowed_values'],
    ['AllowedPattern', 'allowed_pattern'],
  ] as const) {
    if (given(key) !== null) some.push({ key, one: { [kind]: given(key) } })
  }
  const description = given('ConstraintDescription')
  const parsed = (one: JsonMap): ConstraintSchema =>
    parseConstraint(description === null ? one : { ...one, description }, () => true)
  return {
    constraints: some.map(({ key, one }) => placed(`${at}.${key}`, () => parsed(one))),
    keys: { default: 'Default', constraints: some.map(({ key }) => key) },
  }
}
