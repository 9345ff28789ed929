import { done, type Progress, ResourceFailure, type ResourceType, Unknown } from '@hearth/core/plugin'
import { createHash } from 'node:crypto'
import { attempt } from '../attempt.js'
import { text } from '../text.js'
import { alternativeNameProperties, alternativeNames, validateAlternativeNames } from './alternative-names.js'
import { readPrivateKey } from './keys.js'
import { readRequest } from './request.js'
import { signerOf } from './signer.js'
import { nameOf, subjectProperty } from './subject.js'
import { x509 } from './x509.js'

/** A request to sign a certificate (PKCS#10), which the holder of a key makes and an authority answers. */
export const certRequest: ResourceType = {
  name: 'Hearth::TLS::CertRequest',
  className: 'CertRequest',
  description:
    'A request to sign a certificate (PKCS#10), for an authority outside, or for Hearth::TLS::LocallySignedCert.',
  support: { status: 'SUPPORTED' },
  properties: {
    private_key_pem: {
      type: 'string',
      description: 'The private key that the certificate is to be for, in PEM, not encrypted. It signs the request.',
      required: true,
      secret: true,
    },
    subject: subjectProperty,
    ...alternativeNameProperties,
  },
  attributes: {
    cert_request_pem: { type: 'string', description: 'The request in PEM.' },
    key_algorithm: { type: 'string', description: 'Kind of the key: RSA, ECDSA or ED25519.' },
  },
  validate(properties) {
    validateAlternativeNames(properties)
    if (!Unknown.is(properties.private_key_pem)) readPrivateKey(text(properties.private_key_pem), 'private_key_pem')
  },
  async create({ properties }) {
    const name = nameOf(properties.subject ?? null)
    const { keys, algorithm } = await signerOf(readPrivateKey(text(properties.private_key_pem), 'private_key_pem'))
    const request = await x509().Pkcs10CertificateRequestGenerator.create({
      name,
      keys,
      signingAlgorithm: algorithm,
      extensions: alternativeNames(properties, { critical: name.length === 0 }),
    })
    return requested(`${request.toString('pem')}\n`)
  },
  async check({ data }) {
    const request = attempt(() => readRequest(text(data.cert_request_pem), 'cert_request_pem'))
    if (request === undefined || !(await request.isSignedByItsKey())) {
      throw new ResourceFailure('its request is not kept, or is not signed by its key')
    }
    return done()
  },
  validateId: checkRequest,
  /** What came with it; of one outside of the stack there is nothing but its id, so that is the request. */
  async adopt({ data, physicalId }) {
    const pem = text(data.cert_request_pem ?? physicalId)
    checkRequest(pem)
    return requested(pem)
  },
}

/** What is kept of a request: its text also where steps find it. */
function requested(pem: string): Progress {
  const { algorithm } = readRequest(pem, 'cert_request_pem')
  return done({
    physicalId: createHash('sha256').update(pem).digest('hex'),
    attributes: { cert_request_pem: pem, key_algorithm: algorithm },
    data: { cert_request_pem: pem },
  })
}

/** @throws ResourceFailure */
function checkRequest(pem: string): void {
  if (attempt(() => readRequest(pem, 'external_id')) !== undefined) return
  throw new ResourceFailure('expected the certificate request itself as the id of what exists, in PEM', 'ValueError')
}
