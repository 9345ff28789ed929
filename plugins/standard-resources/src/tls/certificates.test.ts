import { X509Certificate } from 'node:crypto'
import { connect, createServer } from 'node:tls'
import type { Json, JsonMap, ResourceType, StoredResource } from '@hearth/core/plugin'
import { expect } from 'chai'
import { doneOf, failureOf, noon, propertiesOf, stepOf } from '../testing/context.js'
import { text } from '../text.js'
import { certRequest } from './cert-request.js'
import { locallySignedCert } from './locally-signed-cert.js'
import { privateKey } from './private-key.js'
import { selfSignedCert } from './self-signed-cert.js'

const hour = 3_600_000
let now = noon
const clock = { now: () => now }
const types = { key: privateKey, root: selfSignedCert(clock), request: certRequest, leaf: locallySignedCert(clock) }

const make = async (type: ResourceType, properties: JsonMap, at = noon) => {
  type.validate?.(propertiesOf(type, properties), { name: 'a', timeoutSeconds: 3600 })
  return doneOf(await type.create(stepOf(type, properties, { now: () => at })))
}
const keyOf = async (properties: JsonMap = { algorithm: 'ED25519' }): Promise<string> =>
  text((await make(types.key, properties)).data.private_key_pem)
const rootOf = (key: string, more: JsonMap = {}, at = noon) =>
  make(
    types.root,
    {
      private_key_pem: key,
      subject: { common_name: 'Root', organization: 'Hearth', country: 'DE', street_address: ['a', 'b'] },
      validity_period_hours: 48,
      is_ca_certificate: true,
      allowed_uses: ['cert_signing', 'crl_signing'],
      ...more,
    },
    at,
  )
const names: JsonMap = {
  dns_names: ['localhost', '*.example.org'],
  ip_addresses: ['127.0.0.1', '2001:db8::1'],
  uris: ['spiffe://example.org/web'],
  email_addresses: ['root@example.org'],
}

/** What a client that trusts `ca` says of a server that shows `cert`. */
async function handshake(ca: string, cert: string, key: string): Promise<string> {
  const server = createServer({ cert, key }, socket => socket.end())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  try {
    return await new Promise(resolve => {
      const client = connect({ port, host: '127.0.0.1', servername: 'localhost', ca }, () => {
        resolve(client.authorized ? 'trusted' : client.authorizationError.message)
        client.destroy()
      }).on('error', error => resolve((error as Error & { code?: string }).code ?? error.message))
    })
  } finally {
    await new Promise(resolve => server.close(resolve))
  }
}

describe('certificates of Hearth::TLS', () => {
  const chains: [string, JsonMap, JsonMap][] = [
    ['RSA by ECDSA', { algorithm: 'ECDSA', ecdsa_curve: 'P384' }, { algorithm: 'RSA' }],
    ['ECDSA by RSA', { algorithm: 'RSA' }, { algorithm: 'ECDSA', ecdsa_curve: 'P521' }],
    ['ED25519 by ED25519', { algorithm: 'ED25519' }, { algorithm: 'ED25519' }],
    ['ECDSA by ECDSA', { algorithm: 'ECDSA' }, { algorithm: 'ECDSA' }],
  ]
  for (const [title, above, below] of chains) {
    it(`make a chain that a TLS client trusts: ${title}`, async () => {
      const [rootKey, key] = [await keyOf(above), await keyOf(below)]
      const today = Date.now()
      const root = await rootOf(rootKey, {}, today)
      const request = await make(types.request, { private_key_pem: key, subject: { common_name: 'web' }, ...names })
      const leaf = await make(
        types.leaf,
        {
          cert_request_pem: request.attributes.cert_request_pem as string,
          ca_cert_pem: root.attributes.cert_pem as string,
          ca_private_key_pem: rootKey,
          validity_period_hours: 24,
          allowed_uses: ['digital_signature', 'key_encipherment', 'server_auth'],
        },
        today,
      )
      const [one, other] = [
        new X509Certificate(leaf.data.cert_pem as string),
        new X509Certificate(root.data.cert_pem as string),
      ]
      expect([one.checkIssued(other), one.verify(other.publicKey), one.ca, other.ca]).to.deep.equal([
        true,
        true,
        false,
        true,
      ])
      expect(await handshake(root.data.cert_pem as string, leaf.data.cert_pem as string, key)).to.equal('trusted')
      const stranger = await rootOf(rootKey, { subject: { common_name: 'Another' } }, today)
      expect(await handshake(stranger.data.cert_pem as string, leaf.data.cert_pem as string, key)).not.to.equal(
        'trusted',
      )
      expect([leaf.attributes.key_algorithm, leaf.attributes.ca_key_algorithm]).to.deep.equal([
        below.algorithm,
        above.algorithm,
      ])
    })
  }

  it('say what the properties say', async () => {
    const key = await keyOf({ algorithm: 'ECDSA' })
    const made = await rootOf(key, {
      ...names,
      max_path_length: 1,
      allowed_uses: ['cert_signing', 'client_auth', 'any_extended'],
    })
    const read = new X509Certificate(made.attributes.cert_pem as string)
    expect(read.subject).to.equal('C=DE\nstreet=a\nstreet=b\nO=Hearth\nCN=Root')
    expect(read.subjectAltName).to.equal(
      'DNS:localhost, DNS:*.example.org, IP Address:127.0.0.1, IP Address:2001:DB8:0:0:0:0:0:1, URI:spiffe://example.org/web, email:root@example.org',
    )
    expect(read.keyUsage).to.have.members(['1.3.6.1.5.5.7.3.2', '2.5.29.37.0'])
    expect(made.attributes).to.include({
      validity_start_time: '2026-03-01T12:00:00Z',
      validity_end_time: '2026-03-03T12:00:00Z',
      key_algorithm: 'ECDSA',
      fingerprint_sha256: read.fingerprint256,
    })
    expect(read.verify(read.publicKey)).to.equal(true)
  })

  it('of hundreds of years of validity, and without a subject, are read as well', async () => {
    const key = await keyOf()
    const made = await rootOf(key, {
      subject: null,
      dns_names: ['a.example'],
      validity_period_hours: 876_000,
    } as JsonMap)
    expect(made.attributes.validity_end_time).to.equal('2126-02-05T12:00:00Z')
    expect(new X509Certificate(made.attributes.cert_pem as string).checkHost('a.example')).to.equal('a.example')
  })

  it('are found by checks, and are gone for updates that look, once they are due', async () => {
    const key = await keyOf()
    const properties: JsonMap = { private_key_pem: key, validity_period_hours: 48, early_renewal_hours: 8 }
    const { data, physicalId } = await make(types.root, properties)
    const stored = { data, physicalId, properties: propertiesOf(types.root, properties) } as unknown as StoredResource
    const at = async (ms: number): Promise<[string, Json | undefined, Json | undefined]> => {
      now = noon + ms
      return [
        await Promise.resolve(types.root.check?.(stepOf(types.root, properties, { data, now: () => noon + ms }))).then(
          () => 'fine',
          error => error.message,
        ),
        await types.root.observe?.(stored, AbortSignal.timeout(1000), { project: 'demo' }),
        await types.root.read?.(stored, 'ready_for_renewal', []),
      ]
    }
    expect(await at(40 * hour - 1)).to.deep.equal(['fine', {}, false])
    expect(await at(40 * hour)).to.deep.equal(['it is due to be renewed since 2026-03-03T04:00:00Z', undefined, true])
  })

  it('are adopted by their text', async () => {
    const made = await rootOf(await keyOf())
    const adopt = (physicalId: string) => types.root.adopt?.(stepOf(types.root, {}, { physicalId }))
    expect(doneOf(await adopt(made.attributes.cert_pem as string))).to.deep.equal(made)
    expect(await failureOf(() => adopt('no-certificate'))).to.match(/expected the certificate itself/)
    const request = await make(types.request, { private_key_pem: await keyOf(), subject: { common_name: 'a' } })
    const taken = types.request.adopt?.(
      stepOf(types.request, {}, { physicalId: request.attributes.cert_request_pem as string }),
    )
    expect(doneOf(await taken)).to.deep.equal(request)
    await types.request.check?.(stepOf(types.request, {}, { data: request.data }))
  })

  it('are refused with the reason, which never holds a key', async () => {
    const [key, other] = [await keyOf(), await keyOf()]
    const root = await rootOf(key)
    const request = await make(types.request, { private_key_pem: other, subject: { common_name: 'a' } })
    const plain = await make(types.root, { private_key_pem: key, validity_period_hours: 1 })
    const signed = { cert_request_pem: request.attributes.cert_request_pem as string, validity_period_hours: 1 }
    const cases: [ResourceType, JsonMap, RegExp][] = [
      [
        types.root,
        { private_key_pem: 'secret', validity_period_hours: 1 },
        /private_key_pem: expected a private key in PEM/,
      ],
      [
        types.root,
        { private_key_pem: key, dns_names: ['a..b'] },
        /dns_names\[0\]: 'a\.\.b' is not a host name in ASCII/,
      ],
      [types.root, { private_key_pem: key, ip_addresses: ['::1', '1.2.3'] }, /ip_addresses\[1\]: '1\.2\.3' is not/],
      [types.root, { private_key_pem: key, uris: ['no uri'] }, /uris\[0\]/],
      [types.root, { private_key_pem: key, email_addresses: ['@'] }, /email_addresses\[0\]/],
      [types.root, { private_key_pem: key, max_path_length: 0 }, /only a certificate with is_ca_certificate/],
      [types.root, { private_key_pem: key, is_ca_certificate: true }, /expected cert_signing among them/],
      [
        types.leaf,
        { ...signed, ca_cert_pem: root.attributes.cert_pem as string, ca_private_key_pem: other },
        /not the key of ca_cert_pem/,
      ],
      [
        types.leaf,
        { ...signed, ca_cert_pem: plain.attributes.cert_pem as string, ca_private_key_pem: key },
        /may not sign others/,
      ],
      [
        types.leaf,
        { ...signed, cert_request_pem: 'x', ca_cert_pem: '', ca_private_key_pem: '' },
        /expected a certificate request/,
      ],
    ]
    for (const [type, properties, why] of cases) {
      const said = await failureOf(() =>
        type.validate?.(propertiesOf(type, properties), { name: 'a', timeoutSeconds: 60 }),
      )
      expect(said).to.match(why)
      expect(said).not.to.include('secret')
    }
  })

  it('are not made for a request that its key has not signed', async () => {
    const key = await keyOf()
    const root = await rootOf(key)
    const request = await make(types.request, { private_key_pem: await keyOf(), subject: { common_name: 'aaaa' } })
    const der = Buffer.from(text(request.attributes.cert_request_pem).replace(/-----.*-----|\s/g, ''), 'base64')
    der.write('bbbb', der.indexOf('aaaa'))
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`
    const properties = {
      cert_request_pem: forged,
      ca_cert_pem: root.attributes.cert_pem as string,
      ca_private_key_pem: key,
      validity_period_hours: 1,
    }
    expect(await failureOf(() => make(types.leaf, properties))).to.match(/not signed by the key/)
  })
})
