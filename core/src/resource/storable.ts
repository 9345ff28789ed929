import { type MaybeUnknown, ResourceFailure } from '../plugin/index.js'
import { isMap } from '../template/maps.js'

/** What PostgreSQL's jsonb does not take: a NUL, or half of a surrogate pair. Source: PostgreSQL, "JSON Types". */
const refused = /[\0\ud800-\udfff]/u

/**
 * Refuses text that cannot be kept, of what is kept in clear.
 * @param what names the values, e.g. `properties`. @throws ResourceFailure with the path of the first one.
 */
export function checkStorable(what: string, value: MaybeUnknown): void {
  const path = unstorable(value, what)
  if (path === undefined) return
  throw new ResourceFailure(
    `${path} has text that cannot be stored: a NUL character, or half of a surrogate pair`,
    'ValueError',
  )
}

function unstorable(value: MaybeUnknown, path: string): string | undefined {
  if (typeof value === 'string') return refused.test(value) ? path : undefined
  if (Array.isArray(value)) return first(value.entries(), ([index, item]) => unstorable(item, `${path}[${index}]`))
  if (!isMap<MaybeUnknown>(value)) return undefined
  return first(Object.entries(value), ([key, item]) => (refused.test(key) ? path : unstorable(item, `${path}.${key}`)))
}

function first<Item>(items: Iterable<Item>, find: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}
