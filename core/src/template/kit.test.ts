import { expect } from 'chai'
import { HearthError } from '../errors.js'
import type { Json, JsonMap } from '../plugin/json.js'
import { done, type ResourceType } from '../plugin/resource-type.js'
import type { MaybeUnknown } from '../plugin/schema.js'
import { typeRegistry } from '../resource/types.js'
import { type DefineInput, define } from './define.js'
import type { StackDefinition } from './definition.js'
import { emptyEnvironment } from './environment/environment.js'
import type { Scope } from './expression.js'
import { put } from './values/maps.js'

/** What the tests of this folder share: two resource types, and short ways to define, resolve and catch. */

const valueType: ResourceType = {
  name: 'OS::Heat::Value',
  className: 'Value',
  description: 'a value',
  support: { status: 'SUPPORTED' },
  properties: {
    value: { type: 'any', required: true, updateAllowed: true },
    type: { type: 'string', constraints: [{ allowed_values: ['string', 'number'] }] },
  },
  attributes: { value: {} },
  create: async () => done(),
}

const anyType: ResourceType = {
  ...valueType,
  name: 'OS::Heat::None',
  className: 'NoneResource',
  properties: 'any',
  attributes: 'any',
}

export const types = typeRegistry([valueType, anyType])

/** The stack that templates are for. */
export const stack = { id: null, name: 'teststack', project: 'proj' }

export function defined(template: JsonMap, input: Partial<DefineInput> = {}): StackDefinition {
  return define({
    template: { heat_template_version: '2021-04-16', ...template },
    environment: emptyEnvironment,
    files: {},
    stack,
    types,
    ...input,
  })
}

/** Nothing exists yet, as Heat's placeholders have it. */
export const placeholders: Scope = { reference: name => name, attribute: () => null }

/** Everything exists, and says what it was asked for. */
export const speaking: Scope = {
  reference: name => `id of ${name}`,
  attribute: (name, attribute) => `${attribute} of ${name}`,
}

/** The value of one expression, in the properties of a resource beside a resource `other`. */
export function valued(
  expression: Json,
  { scope = placeholders, version = '2021-04-16', ...rest }: Options = {},
): MaybeUnknown {
  const template: JsonMap = {
    heat_template_version: version,
    parameters: {
      text: { type: 'string', default: 'hello' },
      list: { type: 'comma_delimited_list', default: 'a,b,c' },
      map: { type: 'json', default: { k: [1, { deep: 'x' }], n: null } },
      yes: { type: 'boolean', default: true },
      number: { type: 'number', default: 5 },
    },
    ...(version >= '2016-10-14' ? { conditions: { on: true, off: false } } : {}),
    resources: {
      other: { type: 'OS::Heat::None' },
      one: { type: 'OS::Heat::Value', properties: { value: expression } },
    },
  }
  const definition = defined(template, { ...rest })
  return definition.resources.get('one')?.resolveProperties(scope)['value'] ?? null
}

type Options = { readonly scope?: Scope; readonly version?: string } & Partial<DefineInput>

/** The HearthError that `work` throws. */
export function caught(work: () => unknown): HearthError {
  try {
    work()
  } catch (error) {
    if (!HearthError.is(error)) throw error
    return error
  }
  return expect.fail('nothing was refused')
}

/** Its message; `Type: message` unless it is a StackValidationFailed. */
export function refused(work: () => unknown): string {
  const { type, message } = caught(work)
  return type === 'StackValidationFailed' ? message : `${type}: ${message}`
}

/** The result, or what was refused. Anything but a HearthError is a bug. */
export function outcome<Result>(work: () => Result): Result | string {
  try {
    return work()
  } catch (error) {
    if (!HearthError.is(error)) throw error
    return `${error.type}: ${error.message}`
  }
}

/** A map with the one key given, whatever its name. */
export function entry(key: string, value: Json): JsonMap {
  const map: JsonMap = {}
  put(map, key, value)
  return map
}
