import { YaqlError } from '../error.js'
import { any, iterable, lambda, maybe } from '../parameters.js'
import { type Context, type FunctionSpec, methodOf } from '../registry.js'
import { Lazy, type Value } from '../values.js'

/** A collection gathered to one value, step by step. */
export const folding: readonly FunctionSpec[] = [
  ...['aggregate', 'reduce'].map(name =>
    methodOf(name, [iterable('collection'), lambda('selector'), maybe(any('seed'))], (_, items, selector, seed) =>
      fold(name, items, selector, seed),
    ),
  ),
  methodOf(
    'accumulate',
    [iterable('collection'), lambda('selector'), maybe(any('seed'))],
    (_, items, selector, seed) =>
      new Lazy(function* () {
        let total = seed
        if (total !== undefined) yield total
        for (const item of items) {
          total = total === undefined ? item : selector(total, item)
          yield total
        }
        if (total === undefined) throw empty('accumulate')
      }),
  ),
  by('sum', '+'),
  by('max', 'max'),
  by('min', 'min'),
]

function by(name: string, operation: string): FunctionSpec {
  return methodOf(name, [iterable('collection'), maybe(any('initial'))], ({ invoke }: Context, items, initial) =>
    fold(name, items, (total, item) => invoke(operation, total, item), initial),
  )
}

function fold(
  name: string,
  items: Iterable<Value>,
  combine: (total: Value, item: Value) => Value,
  seed: Value | undefined,
): Value {
  let total = seed
  for (const item of items) total = total === undefined ? item : combine(total, item)
  if (total === undefined) throw empty(name)
  return total
}

const empty = (name: string): YaqlError => new YaqlError(`${name}() of empty sequence with no initial value`)
