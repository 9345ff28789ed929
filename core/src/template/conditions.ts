import * as errors from '../errors.js'
import type { Json } from '../plugin/json.js'
import { type MaybeUnknown, Unknown } from '../plugin/schema.js'
import { type Expression, resolvedEarly, valueOf } from './expression.js'
import { Call } from './functions/call.js'
import { truthOf } from './functions/conditions.js'
import type { Surroundings } from './functions/rule.js'
import { isMap } from './values/maps.js'
import { type Attempt, placed } from './problems.js'
import { str, typeOf } from './values/python.js'
import { instead } from './values/suggest.js'
import { plain, type Told, told } from '../told.js'

interface Definition {
  readonly expression: Expression
  readonly written: Json
}

/** The conditions of a template: each is evaluated when it is first asked for, and never again. */
export class Conditions {
  /** Undefined: it is malformed, and that was told. */
  private readonly definitions = new Map<string, Definition | undefined>()
  private readonly known = new Map<string, boolean | Unknown>()
  private readonly open = new Set<string>()

  /** @throws HearthError `Conditions validation error: …`, or with the path of a malformed function. */
  constructor(
    content: Json | undefined,
    private readonly section: string | undefined,
    parse: (value: Json, path: string) => Expression,
    private readonly attempt: Attempt,
  ) {
    attempt(section ?? '', () => {
      if (content !== undefined && !isMap(content)) {
        throw errors.stackValidationFailed({
          error: 'Conditions validation error',
          message: `Condition definitions must be a map. Found a ${typeOf(content)} instead`,
        })
      }
      for (const [name, written] of Object.entries(content ?? {})) {
        const path = this.pathOf(name)
        const expression = attempt(path, () => parse(written, path))
        this.definitions.set(name, expression && { expression, written })
      }
    })
  }

  /** Unknown only while a parameter it asks for has no value and needs none. @throws HearthError */
  truth(name: string): boolean | Unknown {
    const known = this.known.get(name)
    if (known !== undefined) return known
    const definition = this.definitions.get(name)
    if (!this.definitions.has(name)) {
      const hint = instead(name, this.definitions.keys())
      throw errors.valueError(told`Invalid condition "${name}"${plain(hint)}`)
    }
    const value = placed(this.pathOf(name), () =>
      definition === undefined ? new Unknown('it is malformed') : this.evaluate(name, definition),
    )
    this.known.set(name, value)
    return value
  }

  /** Each definition is a boolean or a function, used or not. @throws HearthError */
  checkTypes(): void {
    for (const [name, definition] of this.definitions) {
      if (definition === undefined) continue
      const { expression, written } = definition
      this.attempt(this.pathOf(name), () => {
        if (typeof written !== 'boolean' && !(expression instanceof Call)) throw invalidDefinition(name, written)
      })
    }
  }

  private evaluate(name: string, { expression }: Definition): boolean | Unknown {
    if (this.open.has(name)) throw wrong(`Circular definition for condition "${name}"`)
    this.open.add(name)
    try {
      return resolvedEarly(scope => {
        const value = valueOf(expression, scope)
        if (typeof value === 'boolean' || Unknown.is(value)) return value
        throw invalidDefinition(name, value)
      })
    } finally {
      this.open.delete(name)
    }
  }

  private pathOf(name: string): string {
    return `${this.section}.${name}`
  }
}

const wrong = (message: string | Told): Error =>
  errors.stackValidationFailed({ error: 'Condition validation error', message })

function invalidDefinition(name: string, definition: MaybeUnknown): Error {
  const hint = typeof definition === 'string' ? ', not text; another condition may be named inside of one' : ''
  return wrong(
    told`The definition of condition "${plain(name)}" is invalid: ${str(definition)}; expected a boolean or a function of conditions${plain(hint)}`,
  )
}

/** A condition that cannot be told yet counts as true. */
export type Enabled = boolean | 'perhaps'

/**
 * Whether the resource or output under `path` is wanted.
 * @throws HearthError `<path>: Invalid condition "<x>"`
 */
export function enabledBy(condition: Expression, around: Surroundings, path: string): Enabled {
  try {
    const truth = resolvedEarly(scope => truthOf(valueOf(condition, scope), around))
    return Unknown.is(truth) ? 'perhaps' : truth
  } catch (error) {
    if (!errors.HearthError.is(error) || error.type !== 'ValueError') throw error
    throw errors.stackValidationFailed({ path, message: error.told }).at(error.place ?? { path })
  }
}
