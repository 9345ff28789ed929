import { isIP } from 'node:net'
import type { JsonGeneralNames, SubjectAlternativeNameExtension } from '@peculiar/x509'
import { type MaybeUnknown, type Properties, PropertyFailure, type PropertySchemas, Unknown } from '@hearth/core/plugin'
import { attempt } from '../attempt.js'
import { x509 } from './x509.js'
import { text } from '../text.js'

/** A host name, its first label perhaps `*`; labels as in RFC 1123, with the underscores that are about. */
const hostName = /^(\*\.)?[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i
const mailbox = /^[\x21-\x3f\x41-\x7e]{1,64}@[a-z0-9.-]{1,253}$/i

const kinds = {
  dns_names: {
    type: 'dns',
    description: 'Host names it is for; `*.example.org` is for all hosts right below.',
    expected: 'a host name in ASCII',
    is: (name: string) => name.length <= 253 && hostName.test(name),
  },
  ip_addresses: {
    type: 'ip',
    description: 'IPv4 and IPv6 addresses it is for.',
    expected: 'an IPv4 or IPv6 address',
    is: (address: string) => isIP(address) !== 0 && !address.includes('%'),
  },
  uris: {
    type: 'url',
    description: 'URIs it is for.',
    expected: 'an absolute URI in ASCII',
    is: (uri: string) => /^[\x21-\x7e]+$/.test(uri) && attempt(() => new URL(uri)) !== undefined,
  },
  email_addresses: {
    type: 'email',
    description: 'Email addresses it is for.',
    expected: 'an email address in ASCII',
    is: (address: string) => mailbox.test(address),
  },
} as const
type Kind = keyof typeof kinds
const kindNames = Object.keys(kinds) as Kind[]

export const alternativeNameProperties: PropertySchemas = Object.fromEntries(
  kindNames.map(name => [
    name,
    { type: 'list', description: kinds[name].description, default: [], schema: { '*': { type: 'string' } } },
  ]),
)

/** @throws ResourceFailure naming the value that is no name of its kind. */
export function validateAlternativeNames(properties: Readonly<Record<string, MaybeUnknown>>): void {
  for (const kind of kindNames) {
    const values = properties[kind]
    if (!Array.isArray(values)) continue
    for (const [index, value] of values.entries()) {
      if (Unknown.is(value) || kinds[kind].is(text(value))) continue
      throw new PropertyFailure(`${kind}[${index}]`, `'${text(value)}' is not ${kinds[kind].expected}`)
    }
  }
}

/** The extension that carries them; none if there are no names. Without a subject it is critical (RFC 5280, 4.2.1.6). */
export function alternativeNames(
  properties: Properties,
  { critical }: { critical: boolean },
): SubjectAlternativeNameExtension[] {
  const names: JsonGeneralNames = kindNames.flatMap(kind =>
    ((properties[kind] ?? []) as string[]).map(value => ({ type: kinds[kind].type, value })),
  )
  return names.length === 0 ? [] : [new (x509().SubjectAlternativeNameExtension)(names, critical)]
}
