import type { Budget } from '../budget.js'
import { NoMatch, OutOfRange, YaqlError } from '../error.js'
import { integer, iterable, lambda, type Lambda, maybe } from '../parameters.js'
import { type FunctionSpec, methodOf } from '../registry.js'
import { equal } from '../equality.js'
import { isList, keyOf, Lazy, truthy, type Value } from '../values.js'

/** A collection taken apart into lists. */
export const grouping: readonly FunctionSpec[] = [
  methodOf(
    'groupBy',
    [iterable('collection'), lambda('keySelector'), maybe(lambda('valueSelector')), maybe(lambda('aggregator'))],
    ({ budget }, items, key, value, aggregator) => {
      const groups = grouped(budget, items, key, value)
      const fold = aggregator && folding(aggregator)
      return new Lazy(function* () {
        for (const [own, members] of groups) yield fold === undefined ? [own, members] : fold(own, members)
      })
    },
  ),
  methodOf(
    'slice',
    [iterable('collection'), integer('length')],
    (_, items, length) =>
      new Lazy(function* () {
        let part: Value[] = []
        if (length <= 0) return
        for (const item of items) {
          part.push(item)
          if (part.length < length) continue
          yield part
          part = []
        }
        if (part.length > 0) yield part
      }),
  ),
  methodOf(
    'splitWhere',
    [iterable('collection'), lambda('predicate')],
    (_, items, predicate) => new Lazy(() => splitWhere([...items], predicate)),
  ),
  methodOf(
    'sliceWhere',
    [iterable('collection'), lambda('predicate')],
    (_, items, predicate) => new Lazy(() => sliceWhere([...items], predicate)),
  ),
  methodOf('splitAt', [iterable('collection'), integer('index')], (_, items, index) => {
    const all = [...items]
    return [all.slice(0, index), all.slice(index)]
  }),
]

function grouped(
  budget: Budget,
  items: Iterable<Value>,
  key: Lambda,
  value: Lambda | undefined,
): Iterable<readonly [Value, readonly Value[]]> {
  const groups = new Map<string, readonly [Value, Value[]]>()
  for (const item of items) {
    budget.take(1)
    const own = key(item)
    const id = keyOf(own)
    const group = groups.get(id) ?? [own, []]
    group[1].push(value === undefined ? item : value(item))
    groups.set(id, group)
  }
  return groups.values()
}

/**
 * An aggregator sees the list of values; older ones were written for the pair of key and list. One is taken for old, as YAQL
 * takes it, from the first group on that it fails for, unless an earlier one has shown it to be new.
 */
function folding(aggregator: Lambda): (key: Value, members: readonly Value[]) => Value {
  let isNew = false
  let failure: YaqlError | undefined
  return (key, members) => {
    if (failure === undefined) {
      try {
        const value = aggregator(members)
        isNew ||= !mayBeOld(value, members)
        return [key, value]
      } catch (error) {
        if (!(error instanceof NoMatch || error instanceof OutOfRange)) throw error
        failure = error
      }
    }
    const pair = isNew ? null : old(aggregator, key, members)
    if (isList(pair) && pair.length === 2) return pair
    throw failure
  }
}

/** Of a group of two an old one makes what looks like a pair, its first value in the place of the key. */
const mayBeOld = (value: Value, members: readonly Value[]): boolean =>
  members.length === 2 && isList(value) && value.length === 2 && equal(value[0] ?? null, members[0] ?? null)

function old(aggregator: Lambda, key: Value, members: readonly Value[]): Value {
  try {
    return aggregator([key, members])
  } catch (error) {
    if (error instanceof YaqlError) return null
    throw error
  }
}

/** The items between those for which the predicate holds. */
function* splitWhere(items: readonly Value[], predicate: Lambda): Generator<Value> {
  let start = 0
  for (const [index, item] of items.entries()) {
    if (!truthy(predicate(item))) continue
    yield items.slice(start, index)
    start = index + 1
  }
  if (start < items.length) yield items.slice(start)
}

/** Runs of items for which the predicate has the same value. */
function* sliceWhere(items: readonly Value[], predicate: Lambda): Generator<Value> {
  let start = 0
  let before: string | undefined
  for (const [index, item] of items.entries()) {
    const now = keyOf(predicate(item))
    if (before !== undefined && now !== before) {
      yield items.slice(start, index)
      start = index
    }
    before = now
  }
  if (start < items.length) yield items.slice(start)
}
