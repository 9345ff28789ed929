import { X509Certificate } from 'node:crypto'
import { type Stack, templates } from '@hearth/conformance'
import { expect } from 'chai'
import { onEachEngine } from './ground.js'
import { kept } from '../kept.js'

const { template } = templates
const attribute = (resource: string, name: string) => ({ get_attr: [resource, name] })

/** An authority, and a certificate that it has signed. */
const signed = (names: readonly string[], early: number, more: Record<string, object> = {}) =>
  template(
    {
      root_key: { type: 'Hearth::TLS::PrivateKey', properties: { algorithm: 'ECDSA' } },
      root: {
        type: 'Hearth::TLS::SelfSignedCert',
        properties: {
          private_key_pem: attribute('root_key', 'private_key_pem'),
          subject: { common_name: 'Root' },
          validity_period_hours: 48,
          is_ca_certificate: true,
          allowed_uses: ['cert_signing'],
        },
      },
      key: { type: 'Hearth::TLS::PrivateKey', properties: { algorithm: 'ED25519' } },
      request: {
        type: 'Hearth::TLS::CertRequest',
        properties: { private_key_pem: attribute('key', 'private_key_pem'), dns_names: names },
      },
      cert: {
        type: 'Hearth::TLS::LocallySignedCert',
        properties: {
          cert_request_pem: attribute('request', 'cert_request_pem'),
          ca_cert_pem: attribute('root', 'cert_pem'),
          ca_private_key_pem: attribute('root_key', 'private_key_pem'),
          validity_period_hours: 24,
          early_renewal_hours: early,
        },
      },
      ...more,
    } as Parameters<typeof template>[0],
    {
      root: attribute('root', 'cert_pem'),
      cert: attribute('cert', 'cert_pem'),
      due: attribute('cert', 'ready_for_renewal'),
      key: attribute('key', 'private_key_pem'),
    },
  )

onEachEngine('certificates', ({ api, daemon, name }) => {
  const updated = async (stack: Stack, content: unknown, options: object = {}) => {
    expect((await stack.update(content, options)).status).to.equal(202)
    await stack.reaches('UPDATE_COMPLETE')
    return stack.outputs()
  }

  it('are signed, changed with what they depend on, and renewed when they are due', async () => {
    const stack = await api().create(name(), signed(['a.example'], 0))
    await stack.reaches('CREATE_COMPLETE')
    const first = await stack.outputs()
    const [root, cert] = [new X509Certificate(first.root), new X509Certificate(first.cert)]
    expect([cert.checkIssued(root), cert.verify(root.publicKey), first.due]).to.deep.equal([true, true, false])
    await stack.action('check')
    await stack.reaches('CHECK_COMPLETE')

    const second = await updated(stack, signed(['b.example'], 0))
    expect(new X509Certificate(second.cert).checkHost('b.example')).to.equal('b.example')
    expect([second.root, second.key]).to.deep.equal([first.root, first.key])

    // In place: it is the same certificate, which is due from now on.
    const third = await updated(stack, signed(['b.example'], 24))
    expect(third).to.deep.equal({ ...second, due: true })
    await stack.action('check')
    expect((await stack.reaches('CHECK_FAILED')).stack_status_reason).to.match(/it is due to be renewed since \d{4}-/)
    const fourth = await updated(stack, signed(['b.example'], 24))
    expect(fourth.cert).not.to.equal(third.cert)
    const fifth = await updated(stack, signed(['b.example'], 24), { converge: true })
    expect(fifth.cert).not.to.equal(fourth.cert)
    expect((await updated(stack, signed(['b.example'], 0), { converge: true })).cert).not.to.equal(fifth.cert)
    const last = await stack.outputs()
    expect(await updated(stack, signed(['b.example'], 0), { converge: true })).to.deep.equal(last)

    const imported = template(
      { cert: { type: 'Hearth::TLS::SelfSignedCert', external_id: last.root } },
      { until: attribute('cert', 'validity_end_time') },
    )
    const other = await api().create(name(), imported)
    await other.reaches('CREATE_COMPLETE')
    expect(Date.parse((await other.outputs()).until)).to.equal(Date.parse(new X509Certificate(last.root).validTo))
    expect((await other.resources()).cert.resource_status).to.equal('CHECK_COMPLETE')

    // Nothing that the daemon has kept or said holds a private key in the clear.
    const line = last.key.split('\n')[1]
    expect(line).to.have.lengthOf.above(40)
    const everything = await kept(daemon())
    expect(everything).to.include('Root').and.to.include('CERTIFICATE')
    expect(everything).not.to.include(line)
    expect(everything).not.to.include('PRIVATE KEY')
    expect(daemon().log).not.to.include(line)

    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('are refused before anything is made, with the reason', async () => {
    const properties = { private_key_pem: 'a secret', validity_period_hours: 1 }
    const content = template({ cert: { type: 'Hearth::TLS::SelfSignedCert', properties } })
    const { status, body } = await api().send('POST', '/stacks', { stack_name: name(), template: content })
    expect([status, body.error.message]).to.deep.equal([
      400,
      'Property error: : resources.cert.properties.private_key_pem: : expected a private key in PEM that is not encrypted',
    ])
  })
})
