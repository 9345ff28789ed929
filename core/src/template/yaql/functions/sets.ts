import { any, iterable, rest, set } from '../parameters.js'
import { eitherOf, type FunctionSpec, functionOf, methodOf } from '../registry.js'
import { type Value, ValueSet } from '../values.js'
import { gathered } from './lists.js'

const combining = (name: string, combine: (left: ValueSet, right: ValueSet) => Iterable<Value>): FunctionSpec =>
  methodOf(name, [set('left'), set('right')], (_, left, right) => ValueSet.of(combine(left, right)))

export const sets: readonly FunctionSpec[] = [
  functionOf('set', [rest(any('args'))], ({ budget }, args) => ValueSet.of(gathered(budget, args))),
  methodOf('toSet', [iterable('collection')], (_, collection) => ValueSet.of(collection)),
  eitherOf('len', [set('set')], (_, members) => members.size),
  combining('union', (left, right) => [...left, ...right]),
  combining('intersect', (left, right) => [...left].filter(item => right.has(item))),
  combining('difference', (left, right) => without(left, right)),
  combining('symmetricDifference', (left, right) => [...without(left, right), ...without(right, left)]),
  methodOf('add', [set('set'), rest(any('values'))], (_, members, values) => ValueSet.of([...members, ...values])),
  methodOf('remove', [set('set'), rest(any('values'))], (_, members, values) => without(members, ValueSet.of(values))),
]

const without = (left: ValueSet, right: ValueSet): ValueSet => ValueSet.of([...left].filter(item => !right.has(item)))
