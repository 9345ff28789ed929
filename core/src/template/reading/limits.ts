import { Float } from '../values/float.js'
import { isMap } from '../values/maps.js'

/** How large and how deep a document may be once every alias is written out. */
export interface DocumentLimits {
  /** Characters of text, keys included, plus one for each value. */
  readonly size: number
  /** Lists and maps inside each other. */
  readonly depth: number
}

/**
 * What is wrong with the size of a parsed document; undefined if nothing is. A list or map that several aliases share
 * counts at each place, but is visited once: nine lists of nine aliases each are an explosion only for a naive reader.
 */
export const excess = (document: unknown, limits: DocumentLimits): string | undefined =>
  measured(document, limits).excess

/** Characters of a value, keys included, plus one for each value in it. */
export const sizeOf = (value: unknown): number =>
  measured(value, { size: Number.POSITIVE_INFINITY, depth: Number.POSITIVE_INFINITY }).size

/** Whether a value has fewer characters than that, as `sizeOf` counts them. Small ones, which most are, cost nothing else. */
export const isSmaller = (value: unknown, than: number): boolean => rest(value, than) > 0

/** What is left of so many characters behind a value; it is looked at until nothing is. */
function rest(value: unknown, characters: number): number {
  if (typeof value === 'string') return characters - value.length - 1
  let left = characters - 1
  if (Array.isArray(value)) {
    for (const item of value) if (left > 0) left = rest(item, left)
  } else if (isMap<unknown>(value)) {
    for (const key of Object.keys(value)) if (left > 0) left = rest(value[key], left - key.length)
  }
  return left
}

/** The size of a document, as far as it could be told, and what is wrong with it. */
export function measured(
  document: unknown,
  limits: DocumentLimits,
): { readonly size: number; readonly excess?: string } {
  const known = new Map<object, { size: number; depth: number }>()
  const open = new Set<object>()

  function measure(value: unknown, level: number): { size: number; depth: number } {
    if (typeof value === 'string') return { size: value.length + 1, depth: 0 }
    if (typeof value !== 'object' || value === null || Float.is(value)) return { size: 1, depth: 0 }
    const measured = known.get(value)
    if (measured !== undefined) return measured
    if (open.has(value)) throw new Excess('an alias refers to a list or map that contains it')
    if (level > limits.depth) throw new Excess(tooDeep)
    open.add(value)
    let size = 1
    let depth = 0
    const count = (inner: { size: number; depth: number }): void => {
      size += inner.size
      depth = Math.max(depth, inner.depth)
    }
    if (isMap<unknown>(value)) {
      for (const key of Object.keys(value)) {
        size += key.length
        count(measure(value[key], level + 1))
      }
    } else if (Array.isArray(value)) for (const item of value) count(measure(item, level + 1))
    open.delete(value)
    const result = { size, depth: depth + 1 }
    known.set(value, result)
    return result
  }

  const tooDeep = `lists and maps are nested more than ${limits.depth} levels deep`
  try {
    const { size, depth } = measure(document, 0)
    if (depth > limits.depth) return { size, excess: tooDeep }
    return size > limits.size ? { size, excess: `written out it has more than ${limits.size} characters` } : { size }
  } catch (error) {
    if (error instanceof Excess) return { size: Number.POSITIVE_INFINITY, excess: error.message }
    throw error
  }
}

class Excess extends Error {}
