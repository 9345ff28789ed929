import * as errors from '../../errors.js'
import { told } from '../../told.js'
import { laterHint } from '../formats/since.js'
import type { Json } from '../../plugin/json.js'
import { type MaybeUnknown, Unknown } from '../../plugin/schema.js'
import {
  type Checks,
  type Expression,
  itemsOf,
  Literal,
  omitted,
  type Reference,
  type Resolved,
  type Scope,
  resolvedEarly,
  valueOf,
} from '../expression.js'
import { equal, str } from '../values/python.js'
import { checksInside } from './call.js'
import type { Macro, Rule, Surroundings } from './rule.js'

export const equals: Rule = {
  description: 'A function for comparing whether two values are equal.',
  shape: (args, { name }) => {
    if (itemsOf(args)?.length === 2) return
    throw errors.valueError(`Arguments to "${name}" must be of the form: [value_1, value_2]`)
  },
  evaluate: args => {
    const [one = null, other = null] = Array.isArray(args) ? args : []
    return Unknown.within(one) || Unknown.within(other) ? new Unknown() : equal(one, other)
  },
}

export const not: Rule = {
  description: 'A function that acts as a NOT operator on a condition.',
  shape: (args, { name }) => {
    const empty = args instanceof Literal && (args.value === null || args.value === '')
    if (empty) throw errors.valueError(`Argument to "${name}" must be a condition`)
  },
  evaluate: (args, { around }) => {
    const truth = truthOf(args, around)
    return Unknown.is(truth) ? truth : !truth
  },
}

/** @param decisive the operand that decides alone. */
const combining = (decisive: boolean, description: string): Rule => ({
  description,
  shape: (args, { name }) => {
    const items = itemsOf(args)
    if (items === undefined) throw errors.valueError(`Arguments to "${name}" must be a list of conditions`)
    if (items.length < 2) throw errors.valueError(`The minimum number of condition arguments to "${name}" is 2.`)
  },
  evaluate: (args, { around }) => {
    let unknown: Unknown | undefined
    for (const operand of Array.isArray(args) ? args : []) {
      const truth = truthOf(operand, around)
      if (truth === decisive) return decisive
      if (Unknown.is(truth)) unknown = truth
    }
    return unknown ?? !decisive
  },
})

export const and = combining(false, 'A function that acts as an AND operator on conditions.')
export const or = combining(true, 'A function that acts as an OR operator on conditions.')

/** A condition's truth: itself, or that of the condition it names. */
export function truthOf(condition: MaybeUnknown, { condition: named }: Surroundings): boolean | Unknown {
  if (typeof condition === 'boolean' || Unknown.is(condition)) return condition
  if (typeof condition !== 'string') throw errors.valueError(told`Invalid condition "${str(condition)}"`)
  return named(condition) as boolean | Unknown
}

export const ifFunction: Macro = {
  description: 'A function to return corresponding value based on condition evaluation.',
  expand: (args, { name, around }, parse) => {
    const optionalElse = around.version.since('2021-04-16')
    const count = Array.isArray(args) ? args.length : 0
    if (!Array.isArray(args) || (count !== 3 && !(optionalElse && count === 2))) {
      const hint = count === 2 ? laterHint(around.version, '2021-04-16', 'leaving out the last') : ''
      throw errors.valueError(
        `Arguments to "${name}" must be of the form: [condition_name, value_if_true, value_if_false]${hint}`,
      )
    }
    const [condition = null, whenTrue = null] = args
    const truth = resolvedEarly(scope => {
      const given = valueOf(parse.condition(condition), scope)
      return given === null ? true : truthOf(given, around)
    })
    const branch = (taken: boolean): Expression => {
      if (!taken && count === 2) return nothing
      return parse.data(taken ? whenTrue : (args[2] as Json))
    }
    return new Chosen(name, Unknown.is(truth) ? [branch(true), branch(false)] : [branch(truth)])
  },
}

const nothing: Expression = { resolve: () => omitted, references: () => {}, check: () => {} }

/** The branch taken; both, while a parameter that the condition asks for has no value. */
class Chosen implements Expression {
  constructor(
    private readonly name: string,
    private readonly branches: readonly Expression[],
  ) {}
  resolve(scope: Scope): Resolved {
    const [only, other] = this.branches
    return other === undefined && only !== undefined ? only.resolve(scope) : new Unknown('its condition is not known')
  }
  references(path: string, found: (reference: Reference) => void): void {
    for (const branch of this.branches) branch.references(path, found)
  }
  check(path: string, checks: Checks): void {
    const inside = checksInside(`${path}.${this.name}`, checks)
    for (const branch of this.branches) branch.check('', inside)
  }
}
