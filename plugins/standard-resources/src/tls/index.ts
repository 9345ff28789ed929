/**
 * Hearth::TLS: keys, certificates and requests that the daemon makes itself, in the manner of Terraform's provider of
 * that name. Nothing here reaches outside of the daemon; private keys are kept as data, which is encrypted.
 * Start at `keys.ts` for keys, `issue.ts` for how a certificate is made, `certificate.ts` for how it lives.
 */
import type { Namespace } from '../namespace.js'
import { certRequest } from './cert-request.js'
import { locallySignedCert } from './locally-signed-cert.js'
import { privateKey } from './private-key.js'
import { selfSignedCert } from './self-signed-cert.js'

export const tls: Namespace = {
  options: [],
  types: [
    () => privateKey,
    ({ clock }) => selfSignedCert(clock),
    () => certRequest,
    ({ clock }) => locallySignedCert(clock),
  ],
}
