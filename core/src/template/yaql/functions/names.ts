import { YaqlError } from '../error.js'
import { any, dict, iterable, lambda, names as named, optional, rest, text } from '../parameters.js'
import { type Context, type FunctionSpec, functionOf, methodOf } from '../registry.js'
import { textOf } from '../text.js'
import { Dict, Lazy, truthy, type Value } from '../values.js'

/** Functions that give names to values and expressions, for what follows `->`. */
export const names: readonly FunctionSpec[] = [
  functionOf('let', [rest(any('args')), named('names')], (context, values, byName) => {
    setAll(context, values)
    for (const [name, value] of byName) context.scope.set(name, value)
    return null
  }),
  functionOf('with', [rest(any('args'))], (context, values) => {
    setAll(context, values)
    return null
  }),
  methodOf('unpack', [iterable('sequence'), rest(text('args'))], (context, sequence, variables) => {
    const values = [...sequence]
    if (variables.length === 0) setAll(context, values)
    else if (variables.length !== values.length) {
      throw new YaqlError(`Cannot unpack ${values.length} elements into ${variables.length}`)
    } else
      variables.forEach((variable, index) => {
        context.scope.set(variable, values[index] ?? null)
      })
    return values
  }),
  functionOf('def', [text('name'), lambda('func')], ({ scope }, name, body) => {
    scope.define(functionOf(name, [rest(any('args'))], (_, args) => body(...args)))
    return null
  }),
  functionOf(
    'call',
    [text('name'), iterable('args'), optional(dict('kwargs'), Dict.of([]))],
    (context, name, args, named) =>
      context.become(name, [...args], new Map([...named.entries()].map(([key, value]) => [textOf(key), value]))),
  ),
  methodOf(
    'assert',
    [any('obj'), lambda('condition'), optional(text('message'), 'Assertion failed')],
    ({ budget }, value, condition, message) => {
      const kept = value instanceof Lazy ? [...budget.limited(value)] : value
      if (!truthy(condition(kept))) throw new YaqlError(message)
      return kept
    },
  ),
]

function setAll({ scope }: Context, values: readonly Value[]): void {
  values.forEach((value, index) => {
    scope.set(String(index + 1), value)
  })
}
