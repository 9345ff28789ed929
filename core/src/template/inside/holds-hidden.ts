import { type MaybeUnknown, Unknown } from '../../plugin/schema.js'

/**
 * Whether a text in it may be a template with parameters that are hidden, whose defaults are secret: a file, or what a resource
 * is given for a stack inside. A text that only says such a word is taken for one, too. Pure.
 */
export function holdsHidden(value: MaybeUnknown): boolean {
  if (typeof value === 'string') return saysHidden.test(value)
  if (typeof value !== 'object' || value === null || Unknown.is(value)) return false
  return Object.values(value).some(holdsHidden)
}

const saysHidden = /hidden|noecho/i
