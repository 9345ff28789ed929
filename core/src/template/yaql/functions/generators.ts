import { YaqlError } from '../error.js'
import { any, bool, integer, iterable, lambda, maybe, optional } from '../parameters.js'
import { type FunctionSpec, functionOf, methodOf } from '../registry.js'
import { isIterable, keyOf, Lazy, truthy, type Value } from '../values.js'
import { whole } from './numbers.js'

/** Collections out of nothing, some without end. */
export const generators: readonly FunctionSpec[] = [
  functionOf('range', [integer('stop')], (_, stop) => range(0, stop, 1)),
  functionOf('range', [integer('start'), integer('stop'), optional(integer('step'), 1)], (_, start, stop, step) => {
    if (step === 0) throw new YaqlError('range() arg 3 must not be zero')
    return range(start, stop, step)
  }),
  functionOf(
    'sequence',
    [optional(integer('start'), 0), optional(integer('step'), 1)],
    (_, start, step) =>
      new Lazy(function* () {
        for (let value = start; ; value = whole(value + step)) yield value
      }),
  ),
  methodOf(
    'repeat',
    [any('obj'), optional(integer('times'), -1)],
    (_, value, times) =>
      new Lazy(function* () {
        for (let count = 0; times < 0 || count < times; count++) yield value
      }),
  ),
  methodOf(
    'cycle',
    [iterable('collection')],
    (_, items) =>
      new Lazy(function* () {
        const all = [...items]
        while (all.length > 0) yield* all
      }),
  ),
  functionOf(
    'generate',
    [
      any('initial'),
      lambda('predicate'),
      lambda('producer'),
      maybe(lambda('selector')),
      optional(bool('decycle'), false),
    ],
    (_, initial, predicate, producer, selector, decycle) =>
      new Lazy(function* () {
        const seen = new Set<string>()
        let value: Value = initial
        while (truthy(predicate(value))) {
          if (decycle && seen.has(keyOf(value))) return
          if (decycle) seen.add(keyOf(value))
          yield selector === undefined ? value : selector(value)
          value = producer(value)
        }
      }),
  ),
  functionOf(
    'generateMany',
    [
      any('initial'),
      lambda('producer'),
      maybe(lambda('selector')),
      optional(bool('decycle'), false),
      optional(bool('depthFirst'), false),
    ],
    ({ budget }, initial, producer, selector, decycle, depthFirst) =>
      new Lazy(function* () {
        const seen = new Set<string>()
        let queue: Value[] = [initial]
        for (let value = queue.shift(); value !== undefined; value = queue.shift()) {
          if (decycle && seen.has(keyOf(value))) continue
          if (decycle) seen.add(keyOf(value))
          yield selector === undefined ? value : selector(value)
          const produced = producer(value)
          if (!isIterable(produced)) throw new YaqlError('generateMany() must be given a producer of collections')
          const further = [...budget.stepping(produced)]
          budget.take(queue.length)
          queue = depthFirst ? [...further, ...queue] : [...queue, ...further]
        }
      }),
  ),
]

const range = (start: number, stop: number, step: number): Lazy =>
  new Lazy(function* () {
    for (let value = start; step > 0 ? value < stop : value > stop; value += step) yield value
  })
