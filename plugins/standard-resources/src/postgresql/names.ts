import { type MaybeUnknown, PropertyFailure, type PropertySchema } from '@hearth/core/plugin'

/** PostgreSQL cuts longer names off, silently; of what it then makes nobody knows the name. */
const mostOctets = 63

export const nameProperty = (description: string, more: Partial<PropertySchema> = {}): PropertySchema => ({
  type: 'string',
  description: `${description} At most ${mostOctets} octets; capitals count.`,
  ...more,
})

/** @throws PropertyFailure if a known value of one of these properties, a name or a list of names, cannot be a name. */
export function validateNames(properties: Readonly<Record<string, MaybeUnknown>>, ...names: readonly string[]): void {
  for (const property of names) {
    const given = properties[property] ?? []
    for (const [index, value] of [given].flat().entries()) {
      if (typeof value !== 'string' || isName(value)) continue
      throw new PropertyFailure(
        Array.isArray(given) ? `${property}[${index}]` : property,
        `'${value}' is no name in PostgreSQL; expected 1 to ${mostOctets} octets, none of them zero`,
      )
    }
  }
}

/**
 * @throws PropertyFailure if PostgreSQL keeps names like that of a role or a schema to itself (its manual, CREATE ROLE
 * and CREATE SCHEMA).
 */
export function validateUnreserved(
  { name }: Readonly<Record<string, MaybeUnknown>>,
  ...others: readonly string[]
): void {
  if (typeof name !== 'string' || !(name.startsWith('pg_') || others.includes(name))) return
  const also = others.map(other => `, '${other}'`).join('')
  throw new PropertyFailure('name', `'${name}' is reserved by PostgreSQL, as are names that begin with 'pg_'${also}`)
}

const isName = (value: string): boolean =>
  value !== '' && Buffer.byteLength(value) <= mostOctets && !value.includes('\0')
