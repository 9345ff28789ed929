import { type KeyObject, randomBytes } from 'node:crypto'
import type { Extension, JsonName } from '@peculiar/x509'
import type { Properties } from '@hearth/core/plugin'
import { endOfValidity, wholeSecond } from './renewal.js'
import { importPublic, signerOf } from './signer.js'
import { usages } from './usages.js'
import { x509 } from './x509.js'

/** What a certificate says of its subject and of who signs it. */
export interface Certified {
  readonly subject: JsonName
  /** The key that is certified. */
  readonly key: KeyObject
  readonly names: readonly Extension[]
  /** Absent: it signs itself, with `key`. */
  readonly issuer?: { readonly name: JsonName; readonly key: KeyObject; readonly keyId: string | undefined }
}

/** Octets of a serial number: no two are ever the same (RFC 5280, 4.1.2.2, allows 20). */
const serialOctets = 16

/**
 * An X.509 certificate in PEM, of version 3, valid from now on.
 * @param properties the values of `certificateProperties`.
 * @param now milliseconds since the epoch.
 */
export async function issueCertificate(
  { subject, key, names, issuer }: Certified,
  properties: Properties,
  now: number,
) {
  const { AuthorityKeyIdentifierExtension, SubjectKeyIdentifierExtension, X509CertificateGenerator } = x509()
  const signer = await signerOf(issuer?.key ?? key)
  const publicKey = await importPublic(key)
  const notBefore = wholeSecond(now)
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject,
    issuer: issuer?.name ?? subject,
    notBefore,
    notAfter: endOfValidity(notBefore, properties.validity_period_hours as number),
    publicKey,
    signingKey: signer.keys.privateKey,
    signingAlgorithm: signer.algorithm,
    extensions: [
      constraints(properties),
      ...usages(properties.allowed_uses as string[]),
      await SubjectKeyIdentifierExtension.create(publicKey),
      issuer?.keyId === undefined
        ? await AuthorityKeyIdentifierExtension.create(signer.keys.publicKey)
        : new AuthorityKeyIdentifierExtension(issuer.keyId),
      ...names,
    ],
  })
  return `${certificate.toString('pem')}\n`
}

function constraints({ is_ca_certificate, max_path_length }: Properties): Extension {
  const { BasicConstraintsExtension } = x509()
  const isAuthority = is_ca_certificate === true
  const longest = isAuthority && typeof max_path_length === 'number' ? max_path_length : undefined
  return new BasicConstraintsExtension(isAuthority, longest, true)
}

/** Positive, so that it needs no octet more; of hex digits. */
function serialNumber(): string {
  const octets = randomBytes(serialOctets)
  octets[0] = ((octets[0] as number) & 0x3f) | 0x40
  return octets.toString('hex')
}
