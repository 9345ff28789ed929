import { createPrivateKey, type KeyObject } from 'node:crypto'
import {
  done,
  type JsonMap,
  type Progress,
  type Properties,
  ResourceFailure,
  type ResourceType,
} from '@hearth/core/plugin'
import { attempt } from '../attempt.js'
import { text } from '../text.js'
import {
  type Curve,
  curveNames,
  describeKey,
  generatePrivateKey,
  type KeyAlgorithm,
  type KeyRequest,
  keyAlgorithms,
  privatePem,
  publicPem,
} from './keys.js'
import { sshFingerprints, sshPrivateKey, sshPublicKey } from './openssh.js'

/** A private key, made once and kept encrypted. Its randomness is the operating system's. */
export const privateKey: ResourceType = {
  name: 'Hearth::TLS::PrivateKey',
  className: 'PrivateKey',
  description: 'A private key, made by the daemon and kept encrypted, with its public half in the usual forms.',
  support: { status: 'SUPPORTED' },
  properties: {
    algorithm: {
      type: 'string',
      description: 'Kind of the key.',
      required: true,
      constraints: [{ allowed_values: [...keyAlgorithms] }],
    },
    rsa_bits: {
      type: 'integer',
      description: 'Size of an RSA key in bits. A large one takes a while: seconds at 4096, up to a minute at 8192.',
      default: 2048,
      constraints: [{ range: { min: 2048, max: 8192 } }, { modulo: { step: 8, offset: 0 } }],
    },
    ecdsa_curve: {
      type: 'string',
      description: 'Curve of an ECDSA key.',
      default: 'P256',
      constraints: [{ allowed_values: [...curveNames] }],
    },
    triggers: {
      type: 'map',
      description: 'Values that mean nothing here: when one of them changes, another key is made.',
      default: {},
    },
  },
  attributes: {
    private_key_pem: { type: 'string', description: 'The key as PKCS#8 in PEM, not encrypted.', secret: true },
    private_key_openssh: { type: 'string', description: 'The key as OpenSSH keeps it, not encrypted.', secret: true },
    public_key_pem: { type: 'string', description: 'The public half as SubjectPublicKeyInfo in PEM.' },
    public_key_openssh: { type: 'string', description: 'The public half as a line of authorized_keys.' },
    public_key_fingerprint_sha256: { type: 'string', description: 'Its fingerprint as ssh-keygen -l shows it.' },
    public_key_fingerprint_md5: { type: 'string', description: 'The same by MD5, for tools that are old.' },
  },
  create: async ({ properties }) => kept(await generatePrivateKey(requested(properties))),
  async check({ data, properties }) {
    const key = keyOf(data)
    if (key === undefined) throw new ResourceFailure('its key is not kept, or cannot be read')
    const [wanted, found] = [requested(properties).algorithm, describeKey(key)?.algorithm]
    if (found !== wanted) throw new ResourceFailure(`its key is ${found}; expected ${wanted}`)
    return done()
  },
  validateId: refuseImport,
  async adopt({ data }) {
    const key = keyOf(data)
    return key === undefined || describeKey(key) === undefined ? refuseImport() : kept(key)
  },
  derive: ({ data }) =>
    typeof data.private_key_pem === 'string'
      ? {
          attributes: {
            private_key_pem: data.private_key_pem,
            private_key_openssh: data.private_key_openssh ?? null,
          },
        }
      : {},
}

function requested({ algorithm, rsa_bits, ecdsa_curve }: Properties): KeyRequest {
  switch (algorithm as KeyAlgorithm) {
    case 'RSA':
      return { algorithm: 'RSA', bits: Number(rsa_bits) }
    case 'ECDSA':
      return { algorithm: 'ECDSA', curve: ecdsa_curve as Curve }
    case 'ED25519':
      return { algorithm: 'ED25519' }
  }
}

/** The private halves are data, which is encrypted; what may be seen by anybody are attributes. */
function kept(key: KeyObject): Progress {
  const { sha256, md5 } = sshFingerprints(key)
  return done({
    physicalId: sha256,
    attributes: {
      public_key_pem: publicPem(key),
      public_key_openssh: sshPublicKey(key),
      public_key_fingerprint_sha256: sha256,
      public_key_fingerprint_md5: md5,
    },
    data: { private_key_pem: privatePem(key), private_key_openssh: sshPrivateKey(key) },
  })
}

const keyOf = (data: JsonMap): KeyObject | undefined => attempt(() => createPrivateKey(text(data.private_key_pem)))

function refuseImport(): never {
  throw new ResourceFailure(
    'a key can be adopted only with the data that an abandoned stack left: by its id nobody has it',
    'ValueError',
  )
}
