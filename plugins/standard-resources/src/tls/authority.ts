import { type KeyObject, X509Certificate } from 'node:crypto'
import type { JsonName } from '@peculiar/x509'
import { type MaybeUnknown, PropertyFailure, Unknown } from '@hearth/core/plugin'
import { attempt } from '../attempt.js'
import { text } from '../text.js'
import { describeKey, type KeyAlgorithm, readPrivateKey } from './keys.js'
import { x509 } from './x509.js'

/** Who signs certificates of others. */
export interface Authority {
  readonly name: JsonName
  readonly key: KeyObject
  readonly algorithm: KeyAlgorithm | undefined
  /** As its own certificate names the key: hex digits. Undefined: it does not. */
  readonly keyId: string | undefined
}

/**
 * An authority by its certificate and private key, each in PEM. What is known already is read, and so refused early.
 * @returns undefined while one of them is unknown.
 * @throws ResourceFailure if one cannot be read, is no authority's, or is not of the other.
 */
export function readAuthority(certPem: MaybeUnknown, keyPem: MaybeUnknown): Authority | undefined {
  const certificate = Unknown.is(certPem) ? undefined : readCertificate(text(certPem))
  const key = Unknown.is(keyPem) ? undefined : readPrivateKey(text(keyPem), 'ca_private_key_pem')
  if (certificate === undefined || key === undefined) return undefined
  if (!certificate.checkPrivateKey(key))
    throw new PropertyFailure('ca_private_key_pem', 'it is not the key of ca_cert_pem')
  const { SubjectKeyIdentifierExtension, X509Certificate: Parsed } = x509()
  const { subjectName, extensions } = new Parsed(certificate.raw)
  return {
    name: subjectName.toJSON(),
    key,
    algorithm: describeKey(key)?.algorithm,
    keyId: extensions.find(one => one instanceof SubjectKeyIdentifierExtension)?.keyId,
  }
}

function readCertificate(pem: string): X509Certificate {
  const certificate = attempt(() => new X509Certificate(pem))
  if (certificate === undefined) throw new PropertyFailure('ca_cert_pem', 'expected a certificate in PEM')
  if (!certificate.ca)
    throw new PropertyFailure('ca_cert_pem', 'expected the certificate of an authority; this one may not sign others')
  return certificate
}
