import { PropertyFailure } from '@hearth/core/plugin'
import { createPublicKey, type KeyObject } from 'node:crypto'
import type { Extension, JsonName } from '@peculiar/x509'
import { attempt } from '../attempt.js'
import { describeKey, type KeyAlgorithm } from './keys.js'
import { x509 } from './x509.js'

/** What a request asks an authority to certify. */
export interface CertificateRequest {
  readonly subject: JsonName
  readonly key: KeyObject
  readonly algorithm: KeyAlgorithm
  readonly names: readonly Extension[]
  /** Whoever asks holds the key. It takes a moment, and so stands apart. */
  isSignedByItsKey(): Promise<boolean>
}

const subjectAlternativeName = '2.5.29.17'

/**
 * Reads a request (PKCS#10). Of the extensions that it asks for, the alternative names count and no other: what a
 * certificate may be used for, its issuer says.
 * @param property named in errors.
 * @throws ResourceFailure if it is none, or its key is of another kind.
 */
export function readRequest(pem: string, property: string): CertificateRequest {
  const { Pkcs10CertificateRequest, SubjectAlternativeNameExtension } = x509()
  const read = attempt(() => {
    const request = new Pkcs10CertificateRequest(pem)
    const key = createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: 'der', type: 'spki' })
    return { request, key, algorithm: describeKey(key)?.algorithm }
  })
  if (read?.algorithm === undefined) {
    throw new PropertyFailure(property, 'expected a certificate request in PEM, of a key that is RSA, ECDSA or ED25519')
  }
  const { request, key, algorithm } = read
  return {
    subject: request.subjectName.toJSON(),
    key,
    algorithm,
    names: request.extensions.filter(
      one => one.type === subjectAlternativeName && one instanceof SubjectAlternativeNameExtension,
    ),
    isSignedByItsKey: () => request.verify().catch(() => false),
  }
}
