import * as errors from '../../errors.js'
import { type MaybeUnknown, ResourceFailure } from '../../plugin/index.js'
import { isMap } from '../../template/values/maps.js'

/** What PostgreSQL's jsonb does not take: a NUL, or half of a surrogate pair. Source: PostgreSQL, "JSON Types". */
const refused = /[\0\ud800-\udfff]/u

/**
 * Refuses text that cannot be kept, of what is kept in clear.
 * @param what names the values, e.g. `properties`. @param encrypted names of those that are not kept in clear.
 * @throws ResourceFailure with the path of the first one.
 */
export function checkStorable(what: string, value: MaybeUnknown, encrypted: readonly string[] = []): void {
  const path = unstorable(value, what, encrypted)
  if (path !== undefined) throw new ResourceFailure(`${path} ${has}`, 'ValueError')
}

/**
 * The same of what a request brings, before any of it is stored.
 * @param at the path of the value in errors; '': it is the template. @throws HearthError StackValidationFailed
 */
export function refuseUnstorable(at: string, value: MaybeUnknown, encrypted: readonly string[] = []): void {
  const path = unstorable(value, at, encrypted)
  if (path !== undefined) throw errors.stackValidationFailed({ path, message: `It ${has}` })
}

const has = 'has text that cannot be stored: a NUL character, or half of a surrogate pair'

function unstorable(value: MaybeUnknown, path: string, leftOut: readonly string[] = []): string | undefined {
  if (typeof value === 'string') return refused.test(value) ? path : undefined
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const found = unstorable(value[index] as MaybeUnknown, `${path}[${index}]`)
      if (found !== undefined) return found
    }
  } else if (isMap<MaybeUnknown>(value)) {
    for (const key of Object.keys(value)) {
      if (leftOut.includes(key)) continue
      if (refused.test(key)) return path
      const found = unstorable(value[key] as MaybeUnknown, path === '' ? key : `${path}.${key}`)
      if (found !== undefined) return found
    }
  }
  return undefined
}
