import type { Extension } from '@peculiar/x509'
import { x509 } from './x509.js'

/** Bits of the extension KeyUsage (RFC 5280, 4.2.1.3). */
const bits: Readonly<Record<string, number>> = {
  digital_signature: 1 << 0,
  content_commitment: 1 << 1,
  key_encipherment: 1 << 2,
  data_encipherment: 1 << 3,
  key_agreement: 1 << 4,
  cert_signing: 1 << 5,
  crl_signing: 1 << 6,
  encipher_only: 1 << 7,
  decipher_only: 1 << 8,
}

/** Purposes of the extension ExtendedKeyUsage (RFC 5280, 4.2.1.12). */
const purposes: Readonly<Record<string, string>> = {
  any_extended: '2.5.29.37.0',
  server_auth: '1.3.6.1.5.5.7.3.1',
  client_auth: '1.3.6.1.5.5.7.3.2',
  code_signing: '1.3.6.1.5.5.7.3.3',
  email_protection: '1.3.6.1.5.5.7.3.4',
  ipsec_end_system: '1.3.6.1.5.5.7.3.5',
  ipsec_tunnel: '1.3.6.1.5.5.7.3.6',
  ipsec_user: '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  ocsp_signing: '1.3.6.1.5.5.7.3.9',
}

/** What a certificate may be allowed for, as templates name it. */
export const usageNames = [...Object.keys(bits), ...Object.keys(purposes)]

/** @param allowed some of those names. */
export function usages(allowed: readonly string[]): Extension[] {
  const flags = allowed.reduce((sum, name) => sum | (bits[name] ?? 0), 0)
  const { ExtendedKeyUsageExtension, KeyUsagesExtension } = x509()
  const extended = allowed.flatMap(name => purposes[name] ?? [])
  return [
    ...(flags === 0 ? [] : [new KeyUsagesExtension(flags, true)]),
    ...(extended.length === 0 ? [] : [new ExtendedKeyUsageExtension(extended)]),
  ]
}
