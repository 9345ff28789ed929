import * as errors from '../../errors.js'
import { told } from '../../told.js'
import { type MaybeUnknown, Unknown } from '../../plugin/schema.js'
import { Float, plainScalar } from '../values/float.js'
import { itemsOf } from '../expression.js'
import { isMap, own, put } from '../values/maps.js'
import { dumps, equal, repr, truthy, typeName, typeOf } from '../values/python.js'
import type { Rule } from './rule.js'

export const mapMerge: Rule = {
  description: 'A function for merging maps.',
  evaluate: (args, { name, around }) => {
    if (Unknown.is(args)) return args
    if (!Array.isArray(args)) {
      throw errors.valueError(
        `Incorrect arguments to "${name}" should be: "${name}" : [ { "key1": "val1" }, { "key2": "val2" } ]`,
      )
    }
    const merged: Record<string, MaybeUnknown> = {}
    let unknown: Unknown | undefined
    for (const item of args) {
      if (item === null) continue
      if (Unknown.is(item)) unknown = item
      else if (isMap<MaybeUnknown>(item)) {
        const entries = Object.entries(item)
        around.room.take(name, entries.length)
        for (const [key, value] of entries) put(merged, key, value)
      } else {
        throw errors.valueError(
          `Incorrect arguments: Items to merge must be maps. ${repr(item)} is type ${typeOf(item)} instead of a dict`,
        )
      }
    }
    return unknown ?? merged
  },
}

const replaceForm = (name: string): string =>
  `Incorrect arguments to "${name}" should be: "${name}" : [ { "key1": "val1" }, {"keys": {"key1": "key2"}, "values": {"val1": "val2"}} ]`

export const mapReplace: Rule = {
  description: 'A function for performing substitutions on maps.',
  evaluate: (args, { name }) => {
    if (Unknown.is(args)) return args
    if (!Array.isArray(args) || args.length !== 2) throw errors.valueError(replaceForm(name))
    const [input, replacement] = [args[0] ?? {}, args[1] ?? {}]
    if (Unknown.within(input) || Unknown.within(replacement)) return new Unknown()
    if (!isMap<MaybeUnknown>(input) || !isMap<MaybeUnknown>(replacement)) throw errors.valueError(replaceForm(name))
    if (Object.keys(replacement).some(key => key !== 'keys' && key !== 'values'))
      throw errors.valueError(replaceForm(name))
    const keys = own(replacement, 'keys') ?? {}
    const values = own(replacement, 'values') ?? {}
    if (!isMap<MaybeUnknown>(keys) || !isMap<MaybeUnknown>(values)) throw errors.valueError(replaceForm(name))
    const result: Record<string, MaybeUnknown> = {}
    for (const [key, value] of Object.entries(input)) {
      const renamed = own(keys, key)
      const newKey = typeof renamed === 'string' ? renamed : key
      if (newKey !== key && Object.hasOwn(input, newKey)) {
        throw errors.valueError(told`key replacement ${newKey} collides with a key in the input map`)
      }
      if (Object.hasOwn(result, newKey)) {
        throw errors.valueError(told`key replacement ${newKey} collides with a key in the output map`)
      }
      const scalar = plainScalar(value)
      const replaced =
        typeof scalar === 'object' ? undefined : own(values, typeof scalar === 'string' ? scalar : repr(scalar))
      put(result, newKey, replaced ?? value)
    }
    return result
  },
}

export const filter: Rule = {
  description: 'A function for filtering out values from lists.',
  shape: (args, { name }) => {
    const items = itemsOf(args)
    if (items === undefined) {
      throw errors.valueError(`Argument to "${name}" must be a list of the form [values, sequence]`)
    }
    if (items.length !== 2) {
      throw errors.valueError(
        `"${name}" expected 2 arguments of the form [values, sequence] but got ${items.length} arguments instead`,
      )
    }
  },
  evaluate: (args, { name, around }) => {
    const [values = null, list = null] = Array.isArray(args) ? args : []
    if (Unknown.is(list)) return list
    if (!truthy(list)) return list
    if (!Array.isArray(list)) throw errors.valueError(`"${name}" only works with lists`)
    if (Unknown.within(values)) return new Unknown()
    if (!truthy(values)) return list
    if (!Array.isArray(values)) throw errors.valueError(`"${name}" filters a list of values`)
    if (Unknown.within(list)) return new Unknown()
    around.room.take(name, list.length * values.length)
    return list.filter(item => !values.some(value => equal(value, item)))
  },
}

const concatenating = (unique: boolean, description: string): Rule => ({
  description,
  evaluate: (args, { name, around }) => {
    if (Unknown.is(args)) return args
    if (!Array.isArray(args)) {
      throw errors.valueError(
        `Incorrect arguments to "${name}" should be: "${name}" : [['value1', 'value2'], ['value3', 'value4']]`,
      )
    }
    const joined: MaybeUnknown[] = []
    let unknown = false
    for (const list of args) {
      if (list === null) continue
      if (Unknown.is(list)) unknown = true
      else if (Array.isArray(list)) {
        around.room.take(name, list.length)
        for (const item of list) joined.push(item)
      } else {
        throw errors.valueError(
          `Incorrect arguments: Items to concat must be lists. ${shown(args)} contains an item that is not a list: ${shown(list)}`,
        )
      }
    }
    if (unknown || (unique && Unknown.within(joined))) return new Unknown()
    return unique ? withoutRepeats(joined, compared => around.room.take(name, compared)) : joined
  },
})

const shown = (value: MaybeUnknown): string => (Unknown.within(value) ? repr(value) : dumps(value))

export const listConcat = concatenating(false, 'A function for extending lists.')
export const listConcatUnique = concatenating(true, 'A function for extending lists with unique items.')

/** The first of equals stays. Scalars are found by their name, so that long lists stay fast. */
function withoutRepeats(items: readonly MaybeUnknown[], take: (compared: number) => void): MaybeUnknown[] {
  const scalars = new Set<MaybeUnknown>()
  const others: MaybeUnknown[] = []
  return items.filter(item => {
    if (typeof item === 'object' && item !== null && !Float.is(item)) {
      take(others.length)
      if (others.some(other => equal(other, item))) return false
      others.push(item)
      return true
    }
    const key = typeof item === 'boolean' ? Number(item) : plainScalar(item)
    if (scalars.has(key)) return false
    scalars.add(key)
    return true
  })
}

export const contains: Rule = {
  description: 'A function for checking whether specific value is in sequence.',
  shape: (args, { name }) => {
    if (itemsOf(args)?.length === 2) return
    throw errors.valueError(`Arguments to "${name}" must be of the form: [value1, [value1, value2]]`)
  },
  evaluate: (args, { name }) => {
    const [value = null, sequence = null] = Array.isArray(args) ? args : []
    if (Unknown.is(sequence)) return sequence
    if (typeof sequence === 'string') {
      if (Unknown.is(value)) return value
      if (typeof value === 'string') return sequence.includes(value)
      throw errors.valueError(`'in <string>' requires string as left operand, not ${typeName(value)}`)
    }
    if (!Array.isArray(sequence)) throw errors.valueError(`Second argument to "${name}" should be a sequence.`)
    if (Unknown.within(value)) return sequence.length === 0 ? false : new Unknown()
    if (sequence.some(item => !Unknown.within(item) && equal(item, value))) return true
    return Unknown.within(sequence) ? new Unknown() : false
  },
}
