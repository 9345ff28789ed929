import { PropertyFailure } from '@hearth/core/plugin'
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { attempt } from '../attempt.js'

/** Kinds of keys that the types make and take. */
export const keyAlgorithms = ['RSA', 'ECDSA', 'ED25519'] as const
export type KeyAlgorithm = (typeof keyAlgorithms)[number]

/** Curves by the names that templates use, with OpenSSL's, WebCrypto's, and the digest that a signature takes. */
export const curves = {
  P256: { named: 'prime256v1', web: 'P-256', hash: 'SHA-256' },
  P384: { named: 'secp384r1', web: 'P-384', hash: 'SHA-384' },
  P521: { named: 'secp521r1', web: 'P-521', hash: 'SHA-512' },
} as const
export type Curve = keyof typeof curves
export const curveNames = Object.keys(curves) as Curve[]

const generate = promisify(generateKeyPair)

/** What makes a key: its kind, and its size or curve. */
export type KeyRequest =
  | { readonly algorithm: 'RSA'; readonly bits: number }
  | { readonly algorithm: 'ECDSA'; readonly curve: Curve }
  | { readonly algorithm: 'ED25519' }

/** A new private key. It is made on a thread of its own: a large one takes seconds, and holds up nothing. */
export async function generatePrivateKey(request: KeyRequest): Promise<KeyObject> {
  switch (request.algorithm) {
    case 'RSA':
      return (await generate('rsa', { modulusLength: request.bits })).privateKey
    case 'ECDSA':
      return (await generate('ec', { namedCurve: curves[request.curve].named })).privateKey
    case 'ED25519':
      return (await generate('ed25519')).privateKey
  }
}

/** PKCS#8, which every key here can be written as. */
export const privatePem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }) as string

/** SubjectPublicKeyInfo of a public key, or of the public half of a private one. */
export const publicPem = (key: KeyObject): string => publicHalf(key).export({ type: 'spki', format: 'pem' }) as string

export const publicHalf = (key: KeyObject): KeyObject => (key.type === 'private' ? createPublicKey(key) : key)

/**
 * Reads a private key as PKCS#8, PKCS#1 or SEC1.
 * @param property named in errors; what it holds is not, since it is secret.
 * @throws ResourceFailure if it is no such key, is encrypted, or is of another kind.
 */
export function readPrivateKey(pem: string, property: string): KeyObject {
  const key = attempt(() => createPrivateKey(pem))
  if (key === undefined) throw new PropertyFailure(property, 'expected a private key in PEM that is not encrypted')
  if (describeKey(key) === undefined) {
    throw new PropertyFailure(
      property,
      `expected a key of ${keyAlgorithms.join(', ')}, on one of the curves ${curveNames.join(', ')}`,
    )
  }
  return key
}

/** The kind of a key, as templates name it; undefined if it is none of those. */
export function describeKey(key: KeyObject): { algorithm: KeyAlgorithm; bits?: number; curve?: Curve } | undefined {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return { algorithm: 'RSA', bits: key.asymmetricKeyDetails?.modulusLength ?? 0 }
    case 'ec': {
      const curve = curveNames.find(name => curves[name].named === key.asymmetricKeyDetails?.namedCurve)
      return curve === undefined ? undefined : { algorithm: 'ECDSA', curve }
    }
    case 'ed25519':
      return { algorithm: 'ED25519' }
    default:
      return undefined
  }
}
