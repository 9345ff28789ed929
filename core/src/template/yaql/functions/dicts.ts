import type { Budget } from '../budget.js'
import { YaqlError } from '../error.js'
import {
  any,
  dict,
  integer,
  iterable,
  lambda,
  type Lambda,
  list,
  maybe,
  names,
  optional,
  rest,
  rules,
  text,
} from '../parameters.js'
import { type Context, eitherOf, type FunctionSpec, functionOf, methodOf } from '../registry.js'
import { representation } from '../text.js'
import { Dict, isIterable, isList, Lazy, type Value } from '../values.js'
import { same } from './comparison.js'
import { distinct } from './queries.js'

/** Maps: making them, reading them, and putting them together. */
export const dicts: readonly FunctionSpec[] = [
  functionOf('dict', [rules('args')], ({ budget }, entries) =>
    gathered(
      budget,
      entries.map(one => [one.source(), one.value()] as const),
    ),
  ),
  functionOf('dict', [iterable('items')], ({ budget }, items) => gathered(budget, pairs(budget, items))),
  methodOf(
    'toDict',
    [iterable('collection'), lambda('keySelector'), maybe(lambda('valueSelector'))],
    ({ budget }, collection, key, value) =>
      gathered(
        budget,
        (function* () {
          for (const item of collection) yield [key(item), value === undefined ? item : value(item)] as const
        })(),
      ),
  ),
  functionOf('#member', [dict('dict'), text('key')], (_, from, key) => existing(from, key)),
  functionOf('#member', [list('collection'), text('attribute')], (context, items, attribute) =>
    members(context, items, attribute),
  ),
  functionOf('#member', [iterable('collection'), text('attribute')], (context, items, attribute) =>
    members(context, items, attribute),
  ),
  functionOf('#index', [dict('dict'), any('key')], (_, from, key) => existing(from, key)),
  functionOf(
    '#index',
    [dict('dict'), any('key'), any('default')],
    (_, from, key, fallback) => from.get(key) ?? fallback,
  ),
  methodOf(
    'get',
    [dict('dict'), any('key'), optional(any('default'), null)],
    (_, from, key, fallback) => from.get(key) ?? fallback,
  ),
  methodOf('keys', [dict('dict')], (_, from) => column(from, ([key]) => key)),
  methodOf('values', [dict('dict')], (_, from) => column(from, ([, value]) => value)),
  methodOf('items', [dict('dict')], (_, from) => column(from, entry => entry)),
  methodOf('containsKey', [dict('dict'), any('key')], (_, from, key) => from.has(key)),
  methodOf('containsValue', [dict('dict'), any('value')], ({ budget }, from, wanted) =>
    [...from.entries()].some(([, value]) => same(budget, value, wanted)),
  ),
  eitherOf('len', [dict('dict')], (_, from) => from.size),
  methodOf('set', [dict('dict'), any('key'), any('value')], ({ budget }, from, key, value) =>
    withEntries(budget, from, [[key, value]]),
  ),
  methodOf('set', [dict('dict'), dict('replacements')], ({ budget }, from, others) =>
    withEntries(budget, from, others.entries()),
  ),
  methodOf('set', [dict('dict'), names('args')], ({ budget }, from, others) => withEntries(budget, from, others)),
  methodOf('delete', [dict('dict'), rest(any('keys'))], ({ budget }, from, keys) => without(budget, from, keys)),
  methodOf('deleteAll', [dict('dict'), iterable('keys')], ({ budget }, from, keys) => without(budget, from, keys)),
  methodOf(
    'mergeWith',
    [
      dict('dict'),
      dict('another'),
      maybe(lambda('listMerger')),
      maybe(lambda('itemMerger')),
      optional(integer('maxLevels'), 0),
    ],
    (context, one, other, lists, items, levels) => merge(context.budget, one, other, { lists, items }, levels),
  ),
]

/** A copy: as many steps as there are entries. */
function withEntries(budget: Budget, from: Dict, entries: Iterable<readonly [Value, Value]>): Dict {
  budget.take(from.size)
  return from.with(entries)
}

function without(budget: Budget, from: Dict, keys: Iterable<Value>): Dict {
  budget.take(from.size)
  return from.without(keys)
}

function gathered(budget: Budget, entries: Iterable<readonly [Value, Value]>): Dict {
  const kept: (readonly [Value, Value])[] = []
  for (const entry of entries) {
    budget.take(1)
    kept.push(entry)
  }
  return Dict.of(kept)
}

function* pairs(budget: Budget, items: Iterable<Value>): Generator<readonly [Value, Value]> {
  for (const item of items) {
    const [key, value] = isIterable(item) ? [...budget.limited(item)] : []
    if (key === undefined || value === undefined) throw new YaqlError('dict() takes pairs of a key and a value')
    yield [key, value]
  }
}

function existing(from: Dict, key: Value): Value {
  const value = from.get(key)
  if (value === undefined) throw new YaqlError(`${representation(key)}: there is no such key; ${keysOf(from)}`)
  return value
}

/** Keys of a dict that an error tells. */
const mostTold = 20

function keysOf(dict: Dict): string {
  if (dict.size === 0) return 'the dict is empty'
  const told = [...take(dict.entries(), mostTold)].map(([key]) => representation(key))
  return `expected ${told.join(', ')}${dict.size > mostTold ? ', …' : ''}`
}

function* take<Item>(items: Iterable<Item>, most: number): Generator<Item> {
  let taken = 0
  for (const item of items) {
    if (taken++ === most) return
    yield item
  }
}

/** The member of every item. */
const members = ({ invoke }: Context, items: Iterable<Value>, attribute: string): Value =>
  new Lazy(function* () {
    for (const item of items) yield invoke('#member', item, attribute)
  })

const column = (from: Dict, part: (entry: readonly [Value, Value]) => Value): Value =>
  new Lazy(function* () {
    for (const entry of from.entries()) yield part(entry)
  })

interface Mergers {
  readonly lists: Lambda | undefined
  readonly items: Lambda | undefined
}

/** @param levels of maps that are merged; 0: all. */
function merge(budget: Budget, one: Dict, other: Dict, mergers: Mergers, levels: number): Dict {
  const merged: (readonly [Value, Value])[] = []
  for (const [key, value] of one.entries()) {
    budget.take(1)
    const its = other.get(key)
    merged.push([key, its === undefined ? value : budget.within(() => mergeValue(budget, value, its, mergers, levels))])
  }
  return Dict.of([...merged, ...[...other.entries()].filter(([key]) => !one.has(key))])
}

function mergeValue(budget: Budget, value: Value, its: Value, mergers: Mergers, levels: number): Value {
  if (levels !== 1 && its instanceof Dict) {
    if (!(value instanceof Dict)) throw new YaqlError('mergeWith() cannot merge a dict with something else')
    return merge(budget, value, its, mergers, levels === 0 ? 0 : levels - 1)
  }
  if (levels !== 1 && isList(its)) {
    if (!isList(value)) throw new YaqlError('mergeWith() cannot merge a list with something else')
    return mergers.lists === undefined
      ? [...distinct(budget, budget.limited([...value, ...its]))]
      : mergers.lists(value, its)
  }
  return mergers.items === undefined ? its : mergers.items(value, its)
}
