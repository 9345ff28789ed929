import { OutOfRange } from '../error.js'
import type { Budget } from '../budget.js'
import { any, integer, iterable, lazy, list, rest } from '../parameters.js'
import { eitherOf, type FunctionSpec, functionOf, methodOf } from '../registry.js'
import { isIterable, Lazy, type Value } from '../values.js'

/** Lists: making them, and their items by place. */
export const lists: readonly FunctionSpec[] = [
  functionOf('#list', [rest(any('items'))], ({ budget }, items) => {
    budget.take(items.length)
    return items
  }),
  functionOf('list', [rest(any('items'))], ({ budget }, items) => gathered(budget, items)),
  methodOf('toList', [iterable('collection')], (_, collection) => [...collection]),
  methodOf(
    'flatten',
    [iterable('collection')],
    ({ budget }, collection) => new Lazy(() => flattened(collection, inner => budget.stepping(inner))),
  ),
  functionOf('#index', [list('list'), integer('index')], (_, items, index) => {
    const item = items.at(index)
    if (item === undefined) throw new OutOfRange('list index out of range')
    return item
  }),
  eitherOf('len', [list('sequence')], (_, items) => items.length),
  eitherOf('len', [lazy('iterator')], (_, items) => count(items)),
  methodOf('count', [iterable('collection')], (_, items) => count(items)),
  methodOf('memorize', [iterable('collection')], (_, items) => [...items]),
]

/** The values, and what lazies among them hold, at whatever depth: no more of all than the limit. */
export const gathered = (budget: Budget, values: readonly Value[]): Value[] => [...budget.limited(unrolled(values))]

function* unrolled(values: Iterable<Value>): Generator<Value> {
  for (const value of values) {
    if (value instanceof Lazy) yield* unrolled(value)
    else yield value
  }
}

function count(items: Iterable<Value>): number {
  let found = 0
  for (const _ of items) found++
  return found
}

/** Lists inside lists, all levels of them, as one. */
function* flattened(items: Iterable<Value>, stepping: (inner: Iterable<Value>) => Iterable<Value>): Generator<Value> {
  for (const item of items) {
    if (isIterable(item)) yield* flattened(stepping(item), stepping)
    else yield item
  }
}
