import { dumps, repr } from '../template/values/python.js'
import { type MaybeUnknown, Unknown } from './schema.js'

/** Shorter texts stand in too much that is no secret. */
const shortest = 4

/** A text for users to read, in which nothing of what is secret is left. */
export function withoutSecrets(text: string, secrets: readonly (string | null | undefined)[]): string {
  const known = secrets.filter((secret): secret is string => (secret ?? '').length >= shortest)
  // The longest first: one may be the beginning of another one.
  const sorted = [...new Set(known)].sort((one, other) => other.length - one.length)
  return sorted.reduce((left, secret) => left.replaceAll(secret, '******'), text)
}

/**
 * All texts and numbers in a secret value, as they would stand in a text, or in the JSON or Python of somebody who
 * repeats them.
 */
export function secretsIn(value: MaybeUnknown): string[] {
  if (typeof value === 'number') return [String(value)]
  if (typeof value === 'string') {
    const quoted = [JSON.stringify(value), dumps(value), repr(value)]
    return [...new Set([value, ...quoted.map(text => text.slice(1, -1))])]
  }
  if (Unknown.is(value)) return []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsIn) : []
}
