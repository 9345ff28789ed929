import { any, integer, iterable, list, optional } from '../parameters.js'
import { type FunctionSpec, methodOf } from '../registry.js'
import { Lazy, type Value } from '../values.js'

/** Collections with items put in, taken out, or exchanged. */
export const editing: readonly FunctionSpec[] = [
  methodOf(
    'delete',
    [iterable('collection'), integer('position'), optional(integer('count'), 1)],
    (_, items, position, count) => lazily(() => exchanged(items, position, count, [])),
  ),
  methodOf(
    'replace',
    [iterable('collection'), integer('position'), any('value'), optional(integer('count'), 1)],
    (_, items, position, value, count) => lazily(() => exchanged(items, position, count, [value])),
  ),
  methodOf(
    'replaceMany',
    [iterable('collection'), integer('position'), iterable('values'), optional(integer('count'), 1)],
    (_, items, position, values, count) => lazily(() => exchanged(items, position, count, values)),
  ),
  methodOf('insert', [list('collection'), integer('position'), any('value')], ({ budget }, items, position, value) => {
    const copy = [...budget.stepping(items)]
    copy.splice(position, 0, value)
    return copy
  }),
  methodOf('insert', [iterable('collection'), integer('position'), any('value')], (_, items, position, value) =>
    lazily(() => inserted(items, position, [value])),
  ),
  methodOf(
    'insertMany',
    [iterable('collection'), integer('position'), iterable('values')],
    (_, items, position, values) => lazily(() => inserted(items, Math.max(position, 0), values)),
  ),
]

const lazily = (make: () => Iterator<Value>): Lazy => new Lazy(make)

/** @param count of items that go; below zero: all from `position` on. */
function* exchanged(
  items: Iterable<Value>,
  position: number,
  count: number,
  values: Iterable<Value>,
): Generator<Value> {
  let index = 0
  let done = false
  for (const item of items) {
    const goes = index >= position && (count < 0 || index < position + count)
    index++
    if (!goes) yield item
    else if (!done) {
      done = true
      yield* values
    }
  }
}

/** A position past the end is the end; one before the start is nowhere. */
function* inserted(items: Iterable<Value>, position: number, values: Iterable<Value>): Generator<Value> {
  let index = 0
  for (const item of items) {
    if (index++ === position) yield* values
    yield item
  }
  if (position >= index) yield* values
}
