import { type Clock, ResourceFailure, type ResourceType, Unknown } from '@hearth/core/plugin'
import { text } from '../text.js'
import { type Authority, readAuthority } from './authority.js'
import { certificateAttributes, certificateProperties, certified, lifeOf, validateAuthority } from './certificate.js'
import { issueCertificate } from './issue.js'
import { readRequest } from './request.js'

/** A certificate that an authority signs whose key is at hand. */
export const locallySignedCert = (clock: Pick<Clock, 'now'>): ResourceType => ({
  name: 'Hearth::TLS::LocallySignedCert',
  className: 'LocallySignedCert',
  description:
    'An X.509 certificate that answers a request, signed by an authority whose certificate and private key are at hand.',
  support: { status: 'SUPPORTED' },
  properties: {
    cert_request_pem: {
      type: 'string',
      description: 'The request in PEM. Its subject and alternative names become those of the certificate.',
      required: true,
    },
    ca_cert_pem: { type: 'string', description: "The authority's certificate in PEM.", required: true },
    ca_private_key_pem: {
      type: 'string',
      description: "The authority's private key in PEM, not encrypted.",
      required: true,
      secret: true,
    },
    ...certificateProperties,
  },
  attributes: {
    ...certificateAttributes,
    ca_key_algorithm: { type: 'string', description: "Kind of the authority's key: RSA, ECDSA or ED25519." },
  },
  validate(properties) {
    validateAuthority(properties)
    const { cert_request_pem: request } = properties
    if (!Unknown.is(request)) readRequest(text(request), 'cert_request_pem')
    readAuthority(properties.ca_cert_pem ?? null, properties.ca_private_key_pem ?? null)
  },
  async create({ properties, now }) {
    const request = readRequest(text(properties.cert_request_pem), 'cert_request_pem')
    const issuer = readAuthority(properties.ca_cert_pem ?? null, properties.ca_private_key_pem ?? null) as Authority
    if (!(await request.isSignedByItsKey())) {
      throw new ResourceFailure('cert_request_pem is not signed by the key that it asks a certificate for')
    }
    return certified(await issueCertificate({ ...request, issuer }, properties, now()), {
      ca_key_algorithm: issuer.algorithm ?? null,
    })
  },
  ...lifeOf(clock),
})
