import type { Budget } from '../budget.js'
import { dict, integer, iterable, list, number, set, text } from '../parameters.js'
import { type FunctionSpec, functionOf } from '../registry.js'
import { Lazy, numberOf, type Value, ValueSet } from '../values.js'
import { made, modulo, quotient } from './numbers.js'

/** `+ - * / mod`, also of texts, lists, dicts and sets. */
export const arithmetic: readonly FunctionSpec[] = [
  functionOf('+', [number('left'), number('right')], (_, a, b) => made(numberOf(a) + numberOf(b), a, b)),
  functionOf('+', [text('left'), text('right')], ({ budget }, a, b) => joined(budget, [a, b])),
  functionOf('+', [list('left'), list('right')], ({ budget }, a, b) => appended(budget, a, b)),
  functionOf('+', [set('left'), set('right')], (_, a, b) => ValueSet.of([...a, ...b])),
  functionOf('+', [dict('left'), dict('right')], ({ budget }, a, b) => {
    budget.take(a.size)
    return a.with(b.entries())
  }),
  functionOf('+', [iterable('left'), iterable('right')], (_, a, b) => new Lazy(() => inTurn([a, b]))),
  functionOf('-', [number('left'), number('right')], (_, a, b) => made(numberOf(a) - numberOf(b), a, b)),
  functionOf('-', [set('left'), set('right')], (_, a, b) => ValueSet.of([...a].filter(item => !b.has(item)))),
  functionOf('*', [number('left'), number('right')], (_, a, b) => made(numberOf(a) * numberOf(b), a, b)),
  functionOf('*', [text('left'), integer('right')], ({ budget }, a, times) => repeated(budget, a, times)),
  functionOf('*', [integer('left'), text('right')], ({ budget }, times, a) => repeated(budget, a, times)),
  functionOf('*', [list('left'), integer('right')], ({ budget }, a, times) => copies(budget, a, times)),
  functionOf('*', [integer('left'), list('right')], ({ budget }, times, a) => copies(budget, a, times)),
  functionOf('/', [number('left'), number('right')], (_, a, b) => quotient(a, b)),
  functionOf('mod', [number('left'), number('right')], (_, a, b) => modulo(a, b)),
  functionOf('+x', [number('operand')], (_, a) => a),
  functionOf('-x', [number('operand')], (_, a) => made(-numberOf(a), a)),
]

/** Texts one after the other. */
export function joined(budget: Budget, parts: readonly string[]): string {
  budget.checkText(parts.reduce((sum, part) => sum + part.length, 0))
  return parts.join('')
}

export function* inTurn(collections: readonly Iterable<Value>[]): Generator<Value> {
  for (const collection of collections) yield* collection
}

function appended(budget: Budget, a: readonly Value[], b: readonly Value[]): Value {
  budget.checkLength(a.length)
  budget.checkLength(b.length)
  budget.take(a.length + b.length)
  return [...a, ...b]
}

function repeated(budget: Budget, value: string, times: number): string {
  const count = Math.max(0, times)
  budget.checkText(value.length * count)
  return value.repeat(count)
}

function copies(budget: Budget, value: readonly Value[], times: number): Value {
  const count = Math.max(0, times)
  budget.take(value.length * count)
  return Array.from({ length: value.length * count }, (_, index) => value[index % value.length] ?? null)
}
