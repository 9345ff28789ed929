import { type Clock, type ResourceType, Unknown } from '@hearth/core/plugin'
import { text } from '../text.js'
import { alternativeNameProperties, alternativeNames, validateAlternativeNames } from './alternative-names.js'
import { certificateAttributes, certificateProperties, certified, lifeOf, validateAuthority } from './certificate.js'
import { issueCertificate } from './issue.js'
import { readPrivateKey } from './keys.js'
import { nameOf, subjectProperty } from './subject.js'

/** A certificate that is signed with the key it is for: of an authority of one's own, or for trying things out. */
export const selfSignedCert = (clock: Pick<Clock, 'now'>): ResourceType => ({
  name: 'Hearth::TLS::SelfSignedCert',
  className: 'SelfSignedCert',
  description: 'An X.509 certificate that signs itself: of an authority of your own, or of a server that is tried out.',
  support: { status: 'SUPPORTED' },
  properties: {
    private_key_pem: {
      type: 'string',
      description: 'The private key that it is for and that signs it, in PEM, not encrypted.',
      required: true,
      secret: true,
    },
    subject: subjectProperty,
    ...alternativeNameProperties,
    ...certificateProperties,
  },
  attributes: certificateAttributes,
  validate(properties) {
    validateAlternativeNames(properties)
    validateAuthority(properties)
    if (!Unknown.is(properties.private_key_pem)) readPrivateKey(text(properties.private_key_pem), 'private_key_pem')
  },
  async create({ properties, now }) {
    const subject = nameOf(properties.subject ?? null)
    const key = readPrivateKey(text(properties.private_key_pem), 'private_key_pem')
    const names = alternativeNames(properties, { critical: subject.length === 0 })
    return certified(await issueCertificate({ subject, key, names }, properties, now()))
  },
  ...lifeOf(clock),
})
