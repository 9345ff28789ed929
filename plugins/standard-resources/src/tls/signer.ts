import { type KeyObject, webcrypto } from 'node:crypto'
import { type Curve, curves, describeKey, publicHalf } from './keys.js'

/** A key pair that signs, with how it signs: as X.509 certificates and requests are made. */
export interface Signer {
  readonly keys: webcrypto.CryptoKeyPair
  readonly algorithm: webcrypto.Algorithm & { readonly hash?: string }
}

/** @param key of a kind that `describeKey` knows. */
export async function signerOf(key: KeyObject): Promise<Signer> {
  const { imported, algorithm } = signing(key)
  const [privateKey, publicKey] = await Promise.all([
    webcrypto.subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }) as Buffer, imported, false, [
      'sign',
    ]),
    importPublic(key),
  ])
  return { keys: { privateKey, publicKey }, algorithm }
}

/** The public half, as the makers of certificates take it. */
export const importPublic = (key: KeyObject): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey(
    'spki',
    publicHalf(key).export({ type: 'spki', format: 'der' }) as Buffer,
    signing(key).imported,
    true,
    ['verify'],
  )

function signing(key: KeyObject): {
  imported: webcrypto.RsaHashedImportParams | webcrypto.EcKeyImportParams | webcrypto.Algorithm
  algorithm: Signer['algorithm']
} {
  const kind = describeKey(key)
  switch (kind?.algorithm) {
    case 'RSA': {
      const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
      return { imported: algorithm, algorithm }
    }
    case 'ECDSA': {
      const { web, hash } = curves[kind.curve as Curve]
      return { imported: { name: 'ECDSA', namedCurve: web }, algorithm: { name: 'ECDSA', hash } }
    }
    case 'ED25519':
      return { imported: { name: 'Ed25519' }, algorithm: { name: 'Ed25519' } }
    default:
      throw new Error(`a key of type ${key.asymmetricKeyType} cannot sign here`)
  }
}
