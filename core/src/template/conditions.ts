import * as errors from '../errors.js'
import type { Json } from '../plugin/json.js'
import { Unknown } from '../plugin/schema.js'
import { type Expression, unknownScope, valueOf } from './expression.js'
import { Call } from './functions/call.js'
import { truthOf } from './functions/conditions.js'
import type { Surroundings } from './functions/rule.js'
import { isMap } from './maps.js'
import { str, typeOf } from './python.js'

/** The conditions of a template: each is evaluated when it is first asked for, and never again. */
export class Conditions {
  private readonly definitions: ReadonlyMap<string, { readonly expression: Expression; readonly written: Json }>
  private readonly known = new Map<string, boolean | Unknown>()
  private readonly open = new Set<string>()

  /** @throws HearthError `Conditions validation error: …`, or with the path of a malformed function. */
  constructor(
    content: Json | undefined,
    section: string | undefined,
    parse: (value: Json, path: string) => Expression,
  ) {
    if (content !== undefined && !isMap(content)) {
      throw errors.stackValidationFailed({
        error: 'Conditions validation error',
        message: `Condition definitions must be a map. Found a ${typeOf(content)} instead`,
      })
    }
    this.definitions = new Map(
      Object.entries(content ?? {}).map(([condition, written]) => [
        condition,
        { expression: parse(written, `${section}.${condition}`), written },
      ]),
    )
  }

  /** Unknown only while a parameter it asks for has no value and needs none. @throws HearthError */
  truth(name: string): boolean | Unknown {
    const known = this.known.get(name)
    if (known !== undefined) return known
    const definition = this.definitions.get(name)
    if (definition === undefined) throw errors.valueError(`Invalid condition "${name}"`)
    if (this.open.has(name)) throw wrong(`Circular definition for condition "${name}"`)
    this.open.add(name)
    try {
      const value = valueOf(definition.expression, unknownScope)
      if (typeof value !== 'boolean' && !Unknown.is(value)) throw invalidDefinition(name, str(value))
      this.known.set(name, value)
      return value
    } finally {
      this.open.delete(name)
    }
  }

  /** Each definition is a boolean or a function, used or not. @throws HearthError */
  checkTypes(): void {
    for (const [name, { expression, written }] of this.definitions) {
      if (typeof written !== 'boolean' && !(expression instanceof Call)) throw invalidDefinition(name, str(written))
    }
  }
}

const wrong = (message: string): Error => errors.stackValidationFailed({ error: 'Condition validation error', message })

const invalidDefinition = (name: string, definition: string): Error =>
  wrong(`The definition of condition "${name}" is invalid: ${definition}`)

/** A condition that cannot be told yet counts as true. */
export type Enabled = boolean | 'perhaps'

/**
 * Whether the resource or output under `path` is wanted.
 * @throws HearthError `<path>: Invalid condition "<x>"`
 */
export function enabledBy(condition: Expression, around: Surroundings, path: string): Enabled {
  try {
    const truth = truthOf(valueOf(condition, unknownScope), around)
    return Unknown.is(truth) ? 'perhaps' : truth
  } catch (error) {
    throw errors.HearthError.is(error) && error.type === 'ValueError'
      ? errors.stackValidationFailed({ path, message: error.message })
      : error
  }
}
