import type { Budget } from '../budget.js'
import { compareText, equal } from '../equality.js'
import { any, given, iterable, nothing, real, set, text } from '../parameters.js'
import { type FunctionSpec, functionOf, methodOf } from '../registry.js'
import { keyOf, isIterable, Lazy, truthy, type Value, type ValueSet } from '../values.js'

/** `= != < <= > >= in not`. */
export const comparison: readonly FunctionSpec[] = [
  functionOf('=', [any('left'), any('right')], ({ budget }, a, b) => same(budget, a, b)),
  functionOf('!=', [any('left'), any('right')], ({ budget }, a, b) => !same(budget, a, b)),
  ...ordering(
    '<',
    difference => difference < 0,
    (a, b) => within(a, b) && a.size < b.size,
  ),
  ...ordering('<=', difference => difference <= 0, within),
  ...ordering(
    '>',
    difference => difference > 0,
    (a, b) => within(b, a) && a.size > b.size,
  ),
  ...ordering(
    '>=',
    difference => difference >= 0,
    (a, b) => within(b, a),
  ),
  functionOf('in', [text('value'), text('text')], ({ budget }, part, whole) => {
    budget.checkSearch(whole)
    return whole.includes(part)
  }),
  functionOf('in', [any('value'), iterable('collection')], ({ budget }, value, collection) =>
    contains(budget, collection, value),
  ),
  methodOf('contains', [iterable('collection'), any('value')], ({ budget }, collection, value) =>
    contains(budget, collection, value),
  ),
  functionOf('notx', [any('operand')], (_, value) => !truthy(value)),
]

/** Null comes before everything else; sets are ordered by what they contain. */
function ordering(
  operator: string,
  holds: (difference: number) => boolean,
  ofSets: (a: ValueSet, b: ValueSet) => boolean,
): FunctionSpec[] {
  return [
    functionOf(operator, [real('left'), real('right')], (_, a, b) => holds(a < b ? -1 : a > b ? 1 : 0)),
    functionOf(operator, [text('left'), text('right')], ({ budget }, a, b) => {
      budget.checkSearch(a)
      return holds(compareText(a, b))
    }),
    functionOf(operator, [set('left'), set('right')], (_, a, b) => ofSets(a, b)),
    functionOf(operator, [nothing('left'), nothing('right')], () => holds(0)),
    functionOf(operator, [nothing('left'), given('right')], () => holds(-1)),
    functionOf(operator, [given('left'), nothing('right')], () => holds(1)),
  ]
}

function within(inner: ValueSet, outer: ValueSet): boolean {
  return [...inner].every(item => outer.has(item))
}

/** Large values are paid for by their size. */
export function same(budget: Budget, a: Value, b: Value): boolean {
  if (typeof a === 'string' && typeof b === 'string') {
    if (a.length === b.length) budget.checkSearch(a)
  } else if (isIterable(a) && isIterable(b) && !(a instanceof Lazy || b instanceof Lazy)) {
    budget.checkSearch(keyOf(a))
  }
  return equal(a, b)
}

function contains(budget: Budget, collection: Iterable<Value>, value: Value): boolean {
  for (const item of collection) if (same(budget, item, value)) return true
  return false
}
