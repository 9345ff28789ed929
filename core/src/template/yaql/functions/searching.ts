import { YaqlError } from '../error.js'
import { any, iterable, lambda, type Lambda, maybe } from '../parameters.js'
import { eitherOf, type FunctionSpec, methodOf } from '../registry.js'
import { truthy, type Value } from '../values.js'
import { same } from './comparison.js'

/** One item, or its place, out of a collection. */
export const searching: readonly FunctionSpec[] = [
  eitherOf('any', [iterable('collection'), maybe(lambda('predicate'))], (_, items, predicate) => {
    for (const item of items) if (predicate === undefined || truthy(predicate(item))) return true
    return false
  }),
  eitherOf('all', [iterable('collection'), maybe(lambda('predicate'))], (_, items, predicate) => {
    for (const item of items) if (!truthy(predicate === undefined ? item : predicate(item))) return false
    return true
  }),
  methodOf('first', [iterable('collection'), maybe(any('default'))], (_, items, fallback) => {
    for (const item of items) return item
    return orFail(fallback)
  }),
  methodOf('last', [iterable('collection'), maybe(any('default'))], (_, items, fallback) => {
    let last: Value | undefined
    for (const item of items) last = item
    return orFail(last ?? fallback)
  }),
  methodOf('single', [iterable('collection')], (_, items) => {
    let only: Value | undefined
    for (const item of items) {
      if (only !== undefined) throw new YaqlError('Collection contains more than one item')
      only = item
    }
    return orFail(only)
  }),
  methodOf('indexOf', [iterable('collection'), any('item')], ({ budget }, items, wanted) =>
    place(items, item => same(budget, item, wanted)),
  ),
  methodOf('lastIndexOf', [iterable('collection'), any('item')], ({ budget }, items, wanted) =>
    lastPlace(items, item => same(budget, item, wanted)),
  ),
  methodOf('indexWhere', [iterable('collection'), lambda('predicate')], (_, items, predicate) =>
    place(items, holding(predicate)),
  ),
  methodOf('lastIndexWhere', [iterable('collection'), lambda('predicate')], (_, items, predicate) =>
    lastPlace(items, holding(predicate)),
  ),
]

function orFail(value: Value | undefined): Value {
  if (value === undefined) throw new YaqlError('The collection is empty')
  return value
}

const holding =
  (predicate: Lambda) =>
  (item: Value): boolean =>
    truthy(predicate(item))

function place(items: Iterable<Value>, wanted: (item: Value) => boolean): number {
  let index = 0
  for (const item of items) {
    if (wanted(item)) return index
    index++
  }
  return -1
}

function lastPlace(items: Iterable<Value>, wanted: (item: Value) => boolean): number {
  let index = 0
  let last = -1
  for (const item of items) {
    if (wanted(item)) last = index
    index++
  }
  return last
}
