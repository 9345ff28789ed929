import type { JsonName } from '@peculiar/x509'
import type { Json, PropertySchema } from '@hearth/core/plugin'
import { text } from '../text.js'

/** Parts of a distinguished name by the names that templates use, in the order in which they are written (RFC 4519). */
const parts: Readonly<Record<string, { oid: string; description: string; many?: true; length?: number }>> = {
  country: { oid: '2.5.4.6', description: 'Country, two letters.', length: 2 },
  province: { oid: '2.5.4.8', description: 'State or province.' },
  locality: { oid: '2.5.4.7', description: 'Town.' },
  street_address: { oid: '2.5.4.9', description: 'Lines of the street address.', many: true },
  postal_code: { oid: '2.5.4.17', description: 'Postal code.' },
  organization: { oid: '2.5.4.10', description: 'Organization.' },
  organizational_unit: { oid: '2.5.4.11', description: 'Unit of the organization.' },
  common_name: { oid: '2.5.4.3', description: 'Common name.' },
  serial_number: { oid: '2.5.4.5', description: 'Serial number of the subject; not that of the certificate.' },
}

/** Longest value of a part, in characters (RFC 5280, appendix A.1, has 64 for most). */
const longest = 64

export const subjectProperty: PropertySchema = {
  type: 'map',
  description:
    'Whom it is for, as a distinguished name. Without it the name is empty, and the alternative names say so.',
  schema: Object.fromEntries(
    Object.entries(parts).map(([name, { description, many, length }]): [string, PropertySchema] => {
      const text: PropertySchema = {
        type: 'string',
        constraints: [{ length: length === undefined ? { min: 1, max: longest } : { min: length, max: length } }],
      }
      return [name, many ? { type: 'list', description, schema: { '*': text } } : { ...text, description }]
    }),
  ),
}

/** @param subject the value of such a property. */
export function nameOf(subject: Json): JsonName {
  const given = (subject ?? {}) as Record<string, Json>
  return Object.entries(parts).flatMap(([name, { oid }]) =>
    [given[name] ?? []].flat().map(value => ({ [oid]: [text(value)] })),
  )
}
