import type { Budget } from '../budget.js'
import { YaqlError } from '../error.js'
import { any, integer, iterable, lambda, type Lambda, maybe, optional, rest } from '../parameters.js'
import { type Context, eitherOf, type FunctionSpec, methodOf } from '../registry.js'
import { keyOf, isIterable, Lazy, truthy, type Value } from '../values.js'
import { inTurn } from './arithmetic.js'

/** Items that are chosen, changed, or left out; nothing is computed before it is asked for. */
export const queries: readonly FunctionSpec[] = [
  ...['where', 'filter'].map(name =>
    methodOf(name, [iterable('collection'), lambda('predicate')], (_, items, predicate) =>
      lazily(function* () {
        for (const item of items) if (truthy(predicate(item))) yield item
      }),
    ),
  ),
  ...['select', 'map'].map(name =>
    methodOf(name, [iterable('collection'), lambda('selector')], (_, items, selector) =>
      lazily(function* () {
        for (const item of items) yield selector(item)
      }),
    ),
  ),
  methodOf('selectMany', [iterable('collection'), lambda('selector')], ({ budget }, items, selector) =>
    lazily(function* () {
      for (const item of items) {
        const inner = selector(item)
        if (isIterable(inner)) yield* budget.stepping(inner)
        else yield inner
      }
    }),
  ),
  methodOf('skip', [iterable('collection'), integer('count')], (_, items, count) =>
    lazily(function* () {
      let index = 0
      for (const item of items) if (index++ >= notNegative(count)) yield item
    }),
  ),
  ...['limit', 'take'].map(name =>
    methodOf(name, [iterable('collection'), integer('count')], (_, items, count) =>
      lazily(() => first(items, notNegative(count))),
    ),
  ),
  methodOf('takeWhile', [iterable('collection'), lambda('predicate')], (_, items, predicate) =>
    lazily(function* () {
      for (const item of items) {
        if (!truthy(predicate(item))) return
        yield item
      }
    }),
  ),
  methodOf('skipWhile', [iterable('collection'), lambda('predicate')], (_, items, predicate) =>
    lazily(function* () {
      let skipping = true
      for (const item of items) {
        skipping &&= truthy(predicate(item))
        if (!skipping) yield item
      }
    }),
  ),
  eitherOf('append', [iterable('collection'), rest(any('args'))], (_, items, more) =>
    lazily(() => inTurn([items, more])),
  ),
  eitherOf('concat', [rest(iterable('collections'))], (_, collections) => lazily(() => inTurn(collections))),
  eitherOf('distinct', [iterable('collection'), maybe(lambda('keySelector'))], ({ budget }, items, key) =>
    lazily(() => distinct(budget, items, key)),
  ),
  eitherOf('enumerate', [iterable('collection'), optional(integer('start'), 0)], (_, items, start) =>
    lazily(function* () {
      let index = start
      for (const item of items) yield [index++, item]
    }),
  ),
  methodOf('zip', [rest(iterable('collections'))], (_, collections) => lazily(() => zip(collections))),
  methodOf('zipLongest', [rest(iterable('collections')), optional(any('default'), null)], (_, collections, fallback) =>
    lazily(() => zip(collections, fallback)),
  ),
  methodOf(
    'join',
    [iterable('collection1'), iterable('collection2'), lambda('predicate'), lambda('selector')],
    (context, one, other, predicate, selector) => lazily(() => join(context, one, other, predicate, selector)),
  ),
  methodOf('reverse', [iterable('collection')], (_, items) => [...items].reverse()),
  methodOf('defaultIfEmpty', [iterable('collection'), iterable('default')], ({ budget }, items, fallback) => {
    const kept = [...budget.limited(items)]
    return kept.length > 0 ? kept : lazily(() => fallback[Symbol.iterator]())
  }),
]

const lazily = (make: () => Iterator<Value>): Lazy => new Lazy(make)

function notNegative(count: number): number {
  if (count >= 0) return count
  throw new YaqlError('A count of items must not be negative')
}

function* first(items: Iterable<Value>, count: number): Generator<Value> {
  if (count === 0) return
  let taken = 0
  for (const item of items) {
    yield item
    if (++taken >= count) return
  }
}

/** The first of equals. */
export function* distinct(budget: Budget, items: Iterable<Value>, key?: Lambda): Generator<Value> {
  const seen = new Set<string>()
  for (const item of items) {
    budget.take(1)
    const own = keyOf(key === undefined ? item : key(item))
    if (seen.has(own)) continue
    seen.add(own)
    yield item
  }
}

/** Until the shortest ends or, with a `fallback` for what is missing, the longest. */
function* zip(collections: readonly Iterable<Value>[], fallback?: Value): Generator<Value> {
  const iterators = collections.map(collection => collection[Symbol.iterator]())
  if (iterators.length === 0) return
  for (;;) {
    const steps = iterators.map(iterator => iterator.next())
    if (fallback === undefined ? steps.some(step => step.done) : steps.every(step => step.done)) return
    yield steps.map(step => (step.done ? (fallback ?? null) : step.value))
  }
}

function* join(
  { budget }: Context,
  one: Iterable<Value>,
  other: Iterable<Value>,
  predicate: Lambda,
  selector: Lambda,
): Generator<Value> {
  const others = [...other]
  for (const left of one) {
    for (const right of others) {
      budget.take(1)
      if (truthy(predicate(left, right))) yield selector(left, right)
    }
  }
}
