import { X509Certificate } from 'node:crypto'
import {
  type AttributeSchemas,
  type Clock,
  done,
  type JsonMap,
  type MaybeUnknown,
  type Progress,
  type Properties,
  PropertyFailure,
  type PropertySchemas,
  ResourceFailure,
  type ResourceType,
  type StepContext,
} from '@hearth/core/plugin'
import { attempt } from '../attempt.js'
import { rfc3339 } from '../rfc3339.js'
import { text } from '../text.js'
import { describeKey } from './keys.js'
import { renewalTime } from './renewal.js'
import { usageNames } from './usages.js'

/** A hundred years: what is longer is a slip. */
const longestHours = 876_000

/** What every certificate says, whoever signs it. */
export const certificateProperties: PropertySchemas = {
  validity_period_hours: {
    type: 'integer',
    description: 'Hours for which it is valid, from the moment it is made.',
    required: true,
    constraints: [{ range: { min: 1, max: longestHours } }],
  },
  early_renewal_hours: {
    type: 'integer',
    description:
      'Hours before its end from which on it is due to be renewed: a check then fails, and an update that compares with reality replaces it. Beyond validity_period_hours: it is due always.',
    default: 0,
    updateAllowed: true,
    constraints: [{ range: { min: 0, max: longestHours } }],
  },
  allowed_uses: {
    type: 'list',
    description: 'What it may be used for. Without any it says nothing about its use.',
    default: [],
    constraints: [{ allowed_values: usageNames }],
  },
  is_ca_certificate: {
    type: 'boolean',
    description: 'Whether it may sign other certificates; cert_signing must be among its uses then.',
    default: false,
  },
  max_path_length: {
    type: 'integer',
    description: 'Authorities that may stand below this one, one under the other. Unset: any number.',
    constraints: [{ range: { min: 0, max: 100 } }],
  },
}

export const certificateAttributes: AttributeSchemas = {
  cert_pem: { type: 'string', description: 'The certificate in PEM.' },
  validity_start_time: { type: 'string', description: 'From when it is valid, RFC 3339 in UTC.' },
  validity_end_time: { type: 'string', description: 'Until when it is valid, RFC 3339 in UTC.' },
  ready_for_renewal: {
    type: 'boolean',
    description: 'Whether early_renewal_hours before its end have begun; worked out anew at each use.',
    live: true,
  },
  key_algorithm: { type: 'string', description: 'Kind of the certified key: RSA, ECDSA or ED25519.' },
  serial_number: { type: 'string', description: 'Its serial number in hexadecimal.' },
  fingerprint_sha256: { type: 'string', description: 'SHA-256 of the certificate, octets in hexadecimal with colons.' },
}

/** @throws ResourceFailure if what it says of authorities does not go together. */
export function validateAuthority(properties: Readonly<Record<string, MaybeUnknown>>): void {
  const { is_ca_certificate: isAuthority, max_path_length: path, allowed_uses: uses } = properties
  if (isAuthority === false && path !== null && path !== undefined) {
    throw new PropertyFailure('max_path_length', 'only a certificate with is_ca_certificate has one')
  }
  if (isAuthority === true && Array.isArray(uses) && !uses.includes('cert_signing')) {
    throw new PropertyFailure('allowed_uses', 'expected cert_signing among them, since is_ca_certificate is true')
  }
}

/** What is kept of a certificate once it is there: its text also where steps find it. */
export function certified(pem: string, more: JsonMap = {}): Progress {
  const certificate = new X509Certificate(pem)
  const attributes: JsonMap = {
    cert_pem: pem,
    validity_start_time: rfc3339(new Date(certificate.validFrom)),
    validity_end_time: rfc3339(new Date(certificate.validTo)),
    key_algorithm: describeKey(certificate.publicKey)?.algorithm ?? null,
    serial_number: certificate.serialNumber,
    fingerprint_sha256: certificate.fingerprint256,
    ...more,
  }
  return done({ physicalId: certificate.fingerprint256, attributes, data: { cert_pem: pem } })
}

/** What a certificate does beside being made. There is nothing outside of Hearth: it drifts by the passing of time. */
export const lifeOf = (clock: Pick<Clock, 'now'>) =>
  ({
    /** Its only property that changes in place is read where it counts. */
    update: async () => done(),
    async check({ data, properties, now }) {
      const certificate = attempt(() => new X509Certificate(text(data.cert_pem)))
      if (certificate === undefined) throw new ResourceFailure('its certificate is not kept, or cannot be read')
      const due = dueAt(certificate, properties)
      if (now() >= due) throw new ResourceFailure(`it is due to be renewed since ${rfc3339(new Date(due))}`)
      return done()
    },
    observe: async ({ data, properties }) => (isDue(data, properties, clock.now()) ? undefined : {}),
    read: async ({ data, properties }) => isDue(data, properties, clock.now()),
    validateId: checkCertificate,
    adopt: async context => certified(adopted(context)),
  }) satisfies Partial<ResourceType>

const dueAt = ({ validTo }: X509Certificate, { early_renewal_hours: hours }: Properties): number =>
  renewalTime(new Date(validTo), Number(hours ?? 0))

/** One that cannot be read is of no use to anybody. */
function isDue(data: JsonMap, properties: Properties, now: number): boolean {
  const certificate = attempt(() => new X509Certificate(text(data.cert_pem)))
  return certificate === undefined || now >= dueAt(certificate, properties)
}

/** What came with it; of one outside of the stack there is nothing but its id, so that is the certificate. */
function adopted({ data, physicalId }: StepContext): string {
  const pem = text(data.cert_pem ?? physicalId)
  checkCertificate(pem)
  return pem
}

/** @throws ResourceFailure */
function checkCertificate(pem: string): void {
  if (attempt(() => new X509Certificate(pem)) !== undefined) return
  throw new ResourceFailure('expected the certificate itself as the id of what exists, in PEM', 'ValueError')
}
