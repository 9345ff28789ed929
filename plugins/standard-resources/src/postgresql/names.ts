import type { MaybeUnknown, PropertySchema } from '@hearth/core/plugin'
import { refused } from '../refused.js'

/** PostgreSQL cuts longer names off, silently; of what it then makes nobody knows the name. */
const mostOctets = 63

export const nameProperty = (description: string, more: Partial<PropertySchema> = {}): PropertySchema => ({
  type: 'string',
  description: `${description} At most ${mostOctets} octets; capitals count.`,
  ...more,
})

/** @throws ResourceFailure if a known value of one of these properties, a name or a list of names, cannot be a name. */
export function validateNames(properties: Readonly<Record<string, MaybeUnknown>>, ...names: readonly string[]): void {
  for (const property of names) {
    for (const value of [properties[property] ?? []].flat()) {
      if (typeof value !== 'string' || isName(value)) continue
      throw refused(
        property,
        `'${value}' is no name in PostgreSQL; expected 1 to ${mostOctets} octets, none of them zero`,
      )
    }
  }
}

const isName = (value: string): boolean =>
  value !== '' && Buffer.byteLength(value) <= mostOctets && !value.includes('\0')
