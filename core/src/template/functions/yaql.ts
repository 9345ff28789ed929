import * as errors from '../../errors.js'
import { Told } from '../../told.js'
import { type MaybeUnknown, Unknown } from '../../plugin/schema.js'
import { entriesOf, Literal } from '../expression.js'
import { isMap, own } from '../values/maps.js'
import { repr, typeOf } from '../values/python.js'
import { type Json, parse, type Yaql, YaqlError } from '../yaql/index.js'
import type { Rule } from './rule.js'

const parts = ['expression', 'data']
const example = (name: string): string =>
  `${name}:\n              expression: $.data.var1.sum()\n              data:\n                var1: [3, 2, 1]`

/** The value of a YAQL expression, in which `$.data` is the given data. */
export const yaql: Rule = {
  description: 'A function for executing a yaql expression.',
  shape: (args, { name }) => {
    const entries = entriesOf(args)
    if (entries === undefined) throw errors.valueError(`Arguments to "${name}" must be a map.`)
    if (entries.has('expression') && [...entries.keys()].every(key => parts.includes(key))) return
    throw errors.valueError(repr(`"${name}" syntax should be ${example(name)}`))
  },
  check: args => {
    const expression = entriesOf(args)?.get('expression')
    if (expression instanceof Literal) compiled(expression.value)
  },
  evaluate: (args, { name, around }) => {
    if (!isMap<MaybeUnknown>(args)) return new Unknown()
    const expression = own(args, 'expression') ?? null
    const data = Object.hasOwn(args, 'data') ? (own(args, 'data') ?? null) : {}
    if (Unknown.is(expression)) return expression
    const query = compiled(expression)
    if (Unknown.within(data)) return new Unknown()
    const limits = { ...around.language.yaql, spend: (steps: number) => around.room.spend(name, steps) }
    return inYaql(() => query.evaluate({ data: data as Json }, limits)) as MaybeUnknown
  },
}

const mostKept = 1000
const kept = new Map<string, Yaql>()

/** @throws HearthError `Bad expression <why>.` */
function compiled(expression: MaybeUnknown): Yaql {
  if (typeof expression !== 'string') {
    throw errors.valueError(`Bad expression: expected text, not ${typeOf(expression)}.`)
  }
  let query = kept.get(expression)
  if (query === undefined) {
    query = inYaql(
      () => parse(expression),
      why => `Bad expression ${why}.`,
    )
    if (kept.size >= mostKept) kept.clear()
    kept.set(expression, query)
  }
  return query
}

function inYaql<Result>(work: () => Result, worded = (why: string): string => why): Result {
  try {
    return work()
  } catch (error) {
    throw error instanceof YaqlError
      ? errors.valueError(
          new Told(worded(error.message), 'The expression fails; why is not told, because there is a secret in it'),
        )
      : error
  }
}
