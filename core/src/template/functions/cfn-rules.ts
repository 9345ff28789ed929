import * as errors from '../../errors.js'
import { plain, told } from '../../told.js'
import type { Json } from '../../plugin/json.js'
import { type MaybeUnknown, Unknown } from '../../plugin/schema.js'
import { itemsOf, join, Literal } from '../expression.js'
import { readJson } from '../reading/json.js'
import { isMap, own, put } from '../values/maps.js'
import { integer, repr, str, typeOf } from '../values/python.js'
import { didYouMean } from '../values/suggest.js'
import { and, equals, ifFunction, not, or } from './conditions.js'
import { getAttr, getParam, getResource } from './references.js'
import type { Macro, Rule } from './rule.js'
import { listJoin, replaceAll } from './text.js'

/** A parameter or a resource, whichever has the name. */
export const ref: Rule = {
  description: 'A function for resolving parameter and resource references.',
  refers: (args, site) => (isParameter(args, site.around) ? undefined : getResource.refers?.(args, site)),
  evaluate: (args, site, scope) =>
    isParameter(args, site.around) ? getParam.evaluate(args, site, scope) : getResource.evaluate(args, site, scope),
}

const isParameter = (name: MaybeUnknown, around: { hasParameter(name: string): boolean }): boolean =>
  typeof name === 'string' && around.hasParameter(name)

export const getAtt: Rule = {
  ...getAttr,
  shape: (args, { name }) => {
    if (itemsOf(args)?.length === 2) return
    throw errors.valueError(`Arguments to "${name}" must be of the form: [resource_name, attribute]`)
  },
}

export const findInMap: Rule = {
  description: 'A function for resolving keys in the template mappings.',
  shape: (args, { name }) => {
    if (itemsOf(args)?.length === 3) return
    throw errors.valueError(`Arguments to "${name}" must be of the form: [map_name, key, subkey]`)
  },
  evaluate: (args, { around }) => {
    let value: Json = around.mappings
    let path = around.version.words.sections.mappings ?? 'Mappings'
    for (const step of Array.isArray(args) ? args : []) {
      if (Unknown.is(step)) return step
      const key = str(step)
      const next: Json | undefined = isMap(value) ? own(value, key) : undefined
      if (next === undefined) throw errors.valueError(told`${repr(step)}: ${lacking(key, path, value)}`)
      value = next
      path = join(path, key)
    }
    return value
  },
}

/** Keys of a map that an error tells. */
const mostTold = 20

function lacking(key: string, path: string, value: Json): string {
  if (!isMap(value)) return `${path} is no map`
  const keys = Object.keys(value)
  const more = keys.length > mostTold ? ', …' : ''
  return `${path} has no such key; expected ${keys.slice(0, mostTold).join(', ') || 'nothing, it is empty'}${more}${didYouMean(key, keys)}`
}

export const select: Rule = {
  description: 'A function for selecting an item from a list.',
  shape: (args, { name }) => {
    if (itemsOf(args)?.length === 2) return
    throw errors.valueError(`Arguments to "${name}" must be of the form [index, collection]`)
  },
  evaluate: (args, { name }) => {
    const [index = null, given = null] = Array.isArray(args) ? args : []
    if (Unknown.is(index) || Unknown.is(given)) return new Unknown()
    const collection = typeof given === 'string' ? parsed(given, name) : given
    if (collection === null || collection === '') return ''
    if (isMap<MaybeUnknown>(collection)) {
      if (typeof index !== 'string') throw errors.valueError(`Index to "${name}" must be a string`)
      return own(collection, index) ?? ''
    }
    if (!Array.isArray(collection)) throw errors.valueError(`Arguments to ${name} not fully resolved`)
    const place = integer(index)
    if (place === undefined) throw errors.valueError(`Index to "${name}" must be an integer`)
    return collection.at(place) ?? ''
  },
}

/** A collection may be given as JSON text. */
function parsed(text: string, name: string): MaybeUnknown {
  if (text === '') return ''
  try {
    return readJson(text, { floats: true })
  } catch (error) {
    throw errors.valueError(told`"${plain(name)}" reads its collection as JSON: ${(error as Error).message}`)
  }
}

export const fnJoin: Rule = { ...listJoin, description: 'A function for joining strings.' }

export const fnSplit: Rule = {
  description: 'A function for splitting strings.',
  shape: (args, { name }) => {
    if (itemsOf(args)?.length === 2) return
    throw errors.valueError(`Incorrect arguments to "${name}" should be: "${name}" : [ ",", "str1,str2"]`)
  },
  evaluate: (args, { name }) => {
    const [delimiter = null, text = null] = Array.isArray(args) ? args : []
    if (Unknown.is(delimiter) || Unknown.is(text)) return new Unknown()
    if (typeof text !== 'string') throw errors.valueError(`String to split must be string; got ${typeOf(text)}`)
    if (typeof delimiter !== 'string' || delimiter === '') {
      throw errors.valueError(`Delimiter to "${name}" must be a string that is not empty`)
    }
    return text.split(delimiter)
  },
}

export const fnReplace: Rule = {
  description: 'A function for performing string substitutions.',
  shape: (args, { name }) => {
    if (itemsOf(args)?.length === 2) return
    throw errors.valueError(
      `Incorrect arguments to "${name}" should be: "${name}" : [ {"$var1": "foo", "%var2%": "bar"}, "$var1 is %var2%" ]`,
    )
  },
  evaluate: (args, site) => {
    const [params = null, template = null] = Array.isArray(args) ? args : []
    if (Unknown.within(params) || Unknown.is(template)) return new Unknown()
    if (!isMap<MaybeUnknown>(params)) throw errors.valueError(`"${site.name}" params must be a map`)
    if (typeof template !== 'string') throw errors.valueError(`"${site.name}" template must be a string`)
    return replaceAll(template, params, 'lax', site)
  },
}

/** The text as it is: whoever hands it to a machine encodes it. */
export const base64: Rule = {
  description: 'A placeholder function for converting to base64.',
  evaluate: (args, { name }) => {
    if (Unknown.is(args) || typeof args === 'string') return args
    throw errors.valueError(`"${name}" argument must be a string`)
  },
}

export const memberListToMap: Rule = {
  description: 'A function to convert lists with enumerated keys and values to mapping.',
  shape: (args, { name }) => {
    const [key, value, list] = itemsOf(args) ?? []
    if (key instanceof Literal && value instanceof Literal && list !== undefined && itemsOf(args)?.length === 3) return
    throw errors.valueError(
      `Wrong Arguments try: "${name}" : ["Name", "Value", [".member.0.Name=key", ".member.0.Value=door"]]`,
    )
  },
  evaluate: args => {
    const [keyName = null, valueName = null, list = null] = Array.isArray(args) ? args : []
    if (Unknown.within(list)) return new Unknown()
    if (!Array.isArray(list)) throw errors.valueError('Member list must be a list')
    const members = new Map<string, { key?: string; value?: string }>()
    for (const entry of list) {
      const parts = typeof entry === 'string' ? /^\.member\.(\d+)\.([^=]*)=(.*)$/s.exec(entry) : null
      if (parts === null) continue
      const [, index = '', field, text = ''] = parts
      const member = members.get(index) ?? {}
      if (field === keyName) member.key = text
      if (field === valueName) member.value = text
      members.set(index, member)
    }
    const map: Record<string, MaybeUnknown> = {}
    for (const { key, value } of members.values()) if (key !== undefined) put(map, key, value ?? null)
    return map
  },
}

/** The one zone that a compute service has when nobody named any. */
const zones = ['nova']

export const getAZs: Rule = {
  description: 'A function for retrieving the availability zones.',
  evaluate: () => [...zones],
}

export const fnIf: Macro = ifFunction
export const fnEquals: Rule = equals
export const fnAnd: Rule = and
export const fnOr: Rule = or

/** Its condition stands in a list of one. */
export const fnNot: Rule = {
  ...not,
  shape: (args, { name }) => {
    if (itemsOf(args)?.length === 1) return
    throw errors.valueError(`Arguments to "${name}" must be of the form: [condition]`)
  },
  evaluate: (args, site, scope) => not.evaluate(Array.isArray(args) ? (args[0] ?? null) : args, site, scope),
}
