import { createHash, type JsonWebKey, type KeyObject, randomBytes } from 'node:crypto'
import { type Curve, describeKey, publicHalf } from './keys.js'

/** How SSH names the curves (RFC 5656). */
const sshCurves = { P256: 'nistp256', P384: 'nistp384', P521: 'nistp521' } as const

/** A public key as a line of `authorized_keys`, without a comment (RFC 4253, 5656 and 8709). */
export const sshPublicKey = (key: KeyObject): string => `${sshName(key)} ${publicBlob(key).toString('base64')}`

/** Fingerprints as `ssh-keygen -l` shows them: `SHA256:…` in base64, and sixteen octets in hex. */
export function sshFingerprints(key: KeyObject): { sha256: string; md5: string } {
  const blob = publicBlob(key)
  const md5 = createHash('md5').update(blob).digest('hex').match(/../g) as string[]
  return {
    sha256: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
    md5: md5.join(':'),
  }
}

/** A private key as OpenSSH keeps it, not encrypted (PROTOCOL.key of OpenSSH). */
export function sshPrivateKey(key: KeyObject): string {
  const check = randomBytes(4)
  const inside = Buffer.concat([check, check, ...privateParts(key), string('')])
  const padding = Buffer.from(Array.from({ length: (8 - (inside.length % 8)) % 8 }, (_, index) => index + 1))
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    string('none'),
    string('none'),
    string(''),
    number(1),
    string(publicBlob(key)),
    string(Buffer.concat([inside, padding])),
  ])
  const lines = whole.toString('base64').match(/.{1,70}/g) as string[]
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`
}

const publicBlob = (key: KeyObject): Buffer => Buffer.concat(publicParts(key))

function sshName(key: KeyObject): string {
  const kind = describeKey(key)
  if (kind === undefined) throw new Error(`SSH has no keys of type ${key.asymmetricKeyType}`)
  return { RSA: 'ssh-rsa', ED25519: 'ssh-ed25519', ECDSA: `ecdsa-sha2-${curveOf(kind)}` }[kind.algorithm]
}

function publicParts(key: KeyObject): Buffer[] {
  const jwk = publicHalf(key).export({ format: 'jwk' })
  const kind = describeKey(key)
  const name = string(sshName(key))
  switch (kind?.algorithm) {
    case 'RSA':
      return [name, integer(octets(jwk, 'e')), integer(octets(jwk, 'n'))]
    case 'ECDSA':
      return [name, string(curveOf(kind)), string(point(jwk))]
    default:
      return [name, string(octets(jwk, 'x'))]
  }
}

function privateParts(key: KeyObject): Buffer[] {
  const jwk = key.export({ format: 'jwk' })
  switch (describeKey(key)?.algorithm) {
    case 'RSA':
      return [string(sshName(key)), ...['n', 'e', 'd', 'qi', 'p', 'q'].map(name => integer(octets(jwk, name)))]
    case 'ECDSA':
      return [...publicParts(key), integer(octets(jwk, 'd'))]
    default:
      return [...publicParts(key), string(Buffer.concat([octets(jwk, 'd'), octets(jwk, 'x')]))]
  }
}

const curveOf = ({ curve = 'P256' }: { curve?: Curve }): string => sshCurves[curve]

/** Uncompressed. */
const point = (jwk: JsonWebKey): Buffer => Buffer.concat([Buffer.from([4]), octets(jwk, 'x'), octets(jwk, 'y')])

const octets = (jwk: JsonWebKey, name: string): Buffer => Buffer.from(String(jwk[name]), 'base64url')

/** The data types of RFC 4251: four octets, and what is preceded by its length. */
function number(value: number): Buffer {
  const four = Buffer.alloc(4)
  four.writeUInt32BE(value)
  return four
}

function string(value: string | Buffer): Buffer {
  const content = Buffer.from(value)
  return Buffer.concat([number(content.length), content])
}

/** No needless zeros in front, but one where the number would look negative. */
function integer(value: Buffer): Buffer {
  let start = 0
  while (start < value.length - 1 && value[start] === 0) start++
  const short = value.subarray(start)
  return string((short[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), short]) : short)
}
