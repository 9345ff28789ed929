import { OutOfRange } from '../error.js'
import { any, integer, iterable, list, rest } from '../parameters.js'
import { eitherOf, type FunctionSpec, functionOf, methodOf } from '../registry.js'
import { isIterable, Lazy, type Value } from '../values.js'

/** Lists: making them, and their items by place. */
export const lists: readonly FunctionSpec[] = [
  functionOf('#list', [rest(any('items'))], ({ budget }, items) => {
    budget.take(items.length)
    return items
  }),
  functionOf('list', [rest(any('items'))], ({ budget }, items) =>
    items.flatMap(item => (item instanceof Lazy ? [...budget.limited(item)] : [item])),
  ),
  methodOf('toList', [iterable('collection')], (_, collection) => [...collection]),
  methodOf(
    'flatten',
    [iterable('collection')],
    ({ budget }, collection) => new Lazy(() => flattened(collection, inner => budget.limited(inner))),
  ),
  functionOf('#index', [list('list'), integer('index')], (_, items, index) => {
    const item = items.at(index)
    if (item === undefined) throw new OutOfRange('list index out of range')
    return item
  }),
  eitherOf('len', [list('sequence')], (_, items) => items.length),
  eitherOf('len', [iterable('collection')], (_, items) => count(items)),
  methodOf('count', [iterable('collection')], (_, items) => count(items)),
  methodOf('memorize', [iterable('collection')], (_, items) => [...items]),
]

function count(items: Iterable<Value>): number {
  let found = 0
  for (const _ of items) found++
  return found
}

/** Lists inside lists, all levels of them, as one. */
function* flattened(
  items: Iterable<Value>,
  limited: (inner: readonly Value[] | Iterable<Value>) => Iterable<Value>,
): Generator<Value> {
  for (const item of items) {
    if (isIterable(item)) yield* flattened(limited(item), limited)
    else yield item
  }
}
