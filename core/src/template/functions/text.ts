import * as errors from '../../errors.js'
import { plain, told } from '../../told.js'
import { laterHint } from '../formats/since.js'
import { type MaybeUnknown, Unknown } from '../../plugin/schema.js'
import { Float, plainScalar } from '../values/float.js'
import { entriesOf, itemsOf, Literal } from '../expression.js'
import { isMap, own } from '../values/maps.js'
import { compare, dumps, length, integer, repr, str, truthy, typeOf } from '../values/python.js'
import type { Rule, Site } from './rule.js'

type Strictness = 'lax' | 'strict' | 'very strict'

const example = (name: string): string =>
  `${name}:\n              template: This is var1 template var2\n              params:\n                var1: a\n                var2: string`

/** The longest key is taken out first; text that was put in is never scanned again. */
const replacing = (strictness: Strictness, description: string): Rule => ({
  description,
  shape: (args, { name }) => {
    const entries = entriesOf(args)
    if (entries === undefined) throw errors.valueError(`Arguments to "${name}" must be a map`)
    const params = entries.get('params')
    if (params === undefined || !entries.has('template')) {
      throw errors.valueError(repr(`"${name}" syntax should be ${example(name)}`))
    }
    if (params instanceof Literal && !isMap(params.value)) {
      throw errors.valueError(`"${name}" parameters must be a mapping`)
    }
  },
  evaluate: (args, site) => {
    const { name } = site
    const [template, params] = isMap<MaybeUnknown>(args)
      ? [own(args, 'template') ?? null, own(args, 'params') ?? null]
      : [args, args]
    if (!Unknown.is(template) && typeof template !== 'string') {
      throw errors.valueError(`"${name}" template must be a string`)
    }
    if (!Unknown.is(params) && !isMap(params)) throw errors.valueError(`"${name}" params must be a map`)
    if (Unknown.is(template) || Unknown.is(params)) return new Unknown()
    const mapping = params as Record<string, MaybeUnknown>
    if (Unknown.within(mapping)) return new Unknown()
    return replaceAll(template, mapping, strictness, site)
  },
})

export const strReplace = replacing('lax', 'A function for performing string substitutions.')
export const strReplaceStrict = replacing(
  'strict',
  'A function for performing string substitutions, all of which must occur.',
)
export const strReplaceVstrict = replacing(
  'very strict',
  'A function for performing string substitutions, all of which must occur and have a value.',
)

export function replaceAll(
  template: string,
  mapping: Record<string, MaybeUnknown>,
  strictness: Strictness,
  site: Site,
): string {
  const keys = Object.keys(mapping).sort((a, b) => length(b) - length(a) || compare(a, b))
  const values = new Map(keys.map(key => [key, textOf(key, mapping[key] ?? null, strictness, site)]))
  if (values.has('')) throw errors.valueError('empty separator')
  // Pieces at even places are still searched; those at odd places were put in.
  let pieces = [template]
  const missing: string[] = []
  for (const key of keys) {
    if (!template.includes(key)) {
      missing.push(key)
      continue
    }
    site.around.room.take(site.name, pieces.length)
    const value = values.get(key) ?? ''
    const next: string[] = []
    for (const [index, piece] of pieces.entries()) {
      if (index % 2 === 1) next.push(piece)
      else next.push(...interleave(piece.split(key), value))
    }
    if (next.length === pieces.length) missing.push(key)
    pieces = next
  }
  if (strictness !== 'lax' && missing.length > 0) {
    throw errors.valueError(told`The following params were not found in the template: ${missing.join(',')}`)
  }
  site.around.room.take(
    site.name,
    pieces.reduce((sum, piece) => sum + piece.length, 0),
  )
  return pieces.join('')
}

function interleave(parts: readonly string[], between: string): string[] {
  const pieces: string[] = []
  for (const [index, part] of parts.entries()) {
    if (index > 0) pieces.push(between)
    pieces.push(part)
  }
  return pieces
}

function textOf(key: string, value: MaybeUnknown, strictness: Strictness, { name, around }: Site): string {
  if (strictness === 'very strict' && !truthy(value) && plainScalar(value) !== 0 && value !== false) {
    throw errors.valueError(
      `${name} has an undefined or empty value for param ${key}, must be a defined non-empty value`,
    )
  }
  if (value === null) return ''
  if (typeof value !== 'object' || Float.is(value)) return str(value)
  if (around.version.since('2015-10-15')) return dumps(value, { sorted: true })
  const hint = laterHint(around.version, '2015-10-15', 'JSON')
  throw errors.valueError(
    told`"${plain(name)}" params must be strings or numbers, param ${key} is not valid${plain(hint)}`,
  )
}

export const listJoin: Rule = {
  description: 'A function for joining one or more lists of strings.',
  shape: (args, { name, around }) => {
    const items = itemsOf(args)
    const several = around.version.since('2015-10-15')
    if (items !== undefined && (several ? items.length >= 2 : items.length === 2)) return
    const form = several ? '[ " ", [ "str1", "str2"] ...]' : '[ " ", [ "str1", "str2"]]'
    const hint = !several && (items?.length ?? 0) > 2 ? laterHint(around.version, '2015-10-15', 'several lists') : ''
    throw errors.valueError(`Incorrect arguments to "${name}" should be: "${name}" : ${form}${hint}`)
  },
  evaluate: (args, { name, around }) => {
    const [delimiter = null, ...lists] = Array.isArray(args) ? args : []
    const items: MaybeUnknown[] = []
    let unknown = Unknown.is(delimiter)
    for (const list of lists) {
      if (Unknown.is(list)) unknown = true
      else if (Array.isArray(list)) {
        around.room.take(name, list.length)
        for (const item of list) items.push(item)
      } else if (truthy(list)) throw errors.valueError(`"${name}" must operate on a list`)
    }
    if (!Unknown.is(delimiter) && typeof delimiter !== 'string') {
      throw errors.valueError(`"${name}" delimiter must be a string`)
    }
    const json = around.version.since('2015-10-15')
    const texts = items.map(item => {
      if (item === null) return ''
      if (typeof item === 'string') return item
      if (Unknown.within(item)) unknown = true
      else if (json && typeof item === 'object' && !Float.is(item)) return dumps(item, { sorted: true })
      else {
        const what = json ? 'string, map or list' : 'strings'
        const hint =
          !json && typeof item === 'object' && !Float.is(item) ? laterHint(around.version, '2015-10-15', 'JSON') : ''
        throw errors.valueError(told`Items to join must be ${plain(what)} not ${repr(item)}${plain(hint)}`)
      }
      return ''
    })
    if (unknown) return new Unknown()
    const between = delimiter as string
    around.room.take(
      name,
      texts.reduce((sum, text) => sum + text.length + between.length, 0),
    )
    return texts.join(between)
  },
}

export const strSplit: Rule = {
  description: 'A function for splitting delimited strings into a list.',
  shape: (args, { name }) => {
    const items = itemsOf(args)
    if (items === undefined || items.length < 2 || items.length > 3) throw errors.valueError(splitForm(name))
  },
  evaluate: (args, { name }) => {
    const [delimiter = null, text = null, index] = Array.isArray(args) ? args : []
    if (text === null) return null
    if (Unknown.is(delimiter) || Unknown.is(text) || Unknown.is(index)) return new Unknown()
    if (typeof text !== 'string') {
      throw errors.valueError(`Incorrect arguments: string to split must be a string, got ${typeOf(text)}`)
    }
    if (delimiter !== null && typeof delimiter !== 'string') throw errors.valueError(splitForm(name))
    if (delimiter === '') throw errors.valueError('empty separator')
    const parts = delimiter === null ? text.split(/\s+/u).filter(part => part !== '') : text.split(delimiter)
    if (index === undefined) return parts
    const place = integer(index)
    if (place === undefined) throw errors.valueError(splitForm(name))
    const part = parts.at(place)
    if (part === undefined) {
      throw errors.valueError(`Incorrect index to "${name}" should be between 0 and ${parts.length - 1}`)
    }
    return part
  },
}

const splitForm = (name: string): string =>
  `Incorrect arguments to "${name}" should be: "${name}" : [ ",", "apples,pears", <index>]`
