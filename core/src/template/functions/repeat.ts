import * as errors from '../../errors.js'
import { laterHint } from '../formats/since.js'
import { type MaybeUnknown, Unknown } from '../../plugin/schema.js'
import { entriesOf, Literal } from '../expression.js'
import { isMap, own, put } from '../values/maps.js'
import { repr, typeName } from '../values/python.js'
import type { Rule, Site } from './rule.js'

const example = (name: string): string =>
  `${name}:\n              template: This is %var%\n              for_each:\n                %var%: ['a', 'b', 'c']`

/** One copy of the template per combination of values, each variable replaced textually. */
export const repeat: Rule = {
  description: 'A function for iterating over a list of items.',
  shape: (args, { name, around }) => {
    const entries = entriesOf(args)
    if (entries === undefined) throw errors.valueError(`Arguments to "${name}" must be a map`)
    const forEach = entries.get('for_each')
    if (forEach === undefined || !entries.has('template')) {
      throw errors.valueError(repr(`"${name}" syntax should be ${example(name)}`))
    }
    if (forEach instanceof Literal && !isMap(forEach.value)) throw mustContainMap(name)
    const permutations = entries.get('permutations')
    if (permutations === undefined || !around.version.since('2017-09-01')) return
    if (permutations instanceof Literal && typeof permutations.value === 'boolean') return
    throw errors.valueError(`"permutations" should be boolean type for ${name} function.`)
  },
  evaluate: (args, site) => {
    if (!isMap<MaybeUnknown>(args)) return new Unknown()
    const { name, around } = site
    const forEach = own(args, 'for_each') ?? null
    const zipped = around.version.since('2017-09-01') && own(args, 'permutations') === false
    if (Unknown.is(forEach)) return forEach
    if (!isMap<MaybeUnknown>(forEach)) throw mustContainMap(name)
    const names = Object.keys(forEach)
    if (names.length === 0) throw errors.valueError('not enough values to unpack (expected 2, got 0)')
    const lists = names.map(variable => valuesOf(forEach[variable] ?? null, zipped, site))
    if (lists.some(list => list === undefined)) return new Unknown()
    return copies(own(args, 'template') ?? null, names, lists as MaybeUnknown[][], zipped, site)
  },
}

const mustContainMap = (name: string): Error =>
  errors.valueError(`The "for_each" argument to "${name}" must contain a map`)

/** Undefined if the list is not known. */
function valuesOf(list: MaybeUnknown, zipped: boolean, { name, around }: Site): MaybeUnknown[] | undefined {
  if (Unknown.is(list)) return undefined
  if (list === null) return []
  if (Array.isArray(list)) return list.some(Unknown.is) ? undefined : list
  const maps = around.version.since('2016-10-14') && !zipped
  if (maps && isMap(list)) return Object.keys(list)
  const hint = !zipped && isMap(list) ? laterHint(around.version, '2016-10-14', 'a map') : ''
  throw errors.valueError(`The values of the "for_each" argument to "${name}" must be lists${maps ? ' or maps' : hint}`)
}

function copies(
  template: MaybeUnknown,
  names: readonly string[],
  lists: readonly MaybeUnknown[][],
  zipped: boolean,
  site: Site,
): MaybeUnknown {
  const lengths = lists.map(list => list.length)
  if (zipped && new Set(lengths).size > 1) {
    throw errors.valueError(`For ${site.name}, the length of for_each values should be equal if no nested loop.`)
  }
  const count = zipped ? (lengths[0] ?? 0) : lengths.reduce((product, one) => product * one, 1)
  if (Unknown.is(template) && count > 0) return new Unknown()
  site.around.room.take(site.name, count * size(template))
  return Array.from({ length: count }, (_, index) => {
    const values = zipped ? lists.map(list => list[index] ?? null) : combination(lists, index)
    return replaceIn(template, names, values, site)
  })
}

/** The last variable runs fastest. */
function combination(lists: readonly MaybeUnknown[][], index: number): MaybeUnknown[] {
  const values: MaybeUnknown[] = lists.map(() => null)
  let rest = index
  for (let place = lists.length - 1; place >= 0; place--) {
    const list = lists[place] ?? []
    values[place] = list[rest % list.length] ?? null
    rest = Math.floor(rest / list.length)
  }
  return values
}

function replaceIn(
  template: MaybeUnknown,
  names: readonly string[],
  values: readonly MaybeUnknown[],
  site: Site,
): MaybeUnknown {
  if (typeof template === 'string') return replaceText(template, names, values, site)
  if (Array.isArray(template)) return template.map(item => replaceIn(item, names, values, site))
  if (!isMap<MaybeUnknown>(template)) return template
  const map: Record<string, MaybeUnknown> = {}
  for (const [key, item] of Object.entries(template)) {
    put(map, replaceText(key, names, values, site), replaceIn(item, names, values, site))
  }
  return map
}

/** One variable after the other: a later one is also replaced in text that an earlier one put in. */
function replaceText(text: string, names: readonly string[], values: readonly MaybeUnknown[], site: Site): string {
  let current = text
  for (const [index, variable] of names.entries()) {
    const value = values[index] ?? null
    if (typeof value !== 'string') {
      throw errors.valueError(`replace() argument 2 must be str, not ${typeName(value)}`)
    }
    if (!current.includes(variable)) continue
    // Python puts the value around every character when the variable's name is empty.
    const parts = variable === '' ? ['', ...current, ''] : current.split(variable)
    site.around.room.take(site.name, parts.length * value.length)
    current = parts.join(value)
  }
  return current
}

function size(value: MaybeUnknown): number {
  if (typeof value === 'string') return value.length + 1
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + size(item), 1)
  if (!isMap<MaybeUnknown>(value)) return 1
  return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + size(item), 1)
}
