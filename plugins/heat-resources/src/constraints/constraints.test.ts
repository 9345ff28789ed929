import type { Json } from '@hearth/core/plugin'
import { expect } from 'chai'
import { constraints, expiration } from './index.js'

const refusal = (name: string, value: Json): string | undefined =>
  constraints.find(one => one.name === name)?.refuse(value)

const cases: Readonly<Record<string, { readonly fine: readonly string[]; readonly wrong: readonly string[] }>> = {
  ip_addr: { fine: ['10.0.0.1', 'fe80::1'], wrong: ['10.0.0', '10.0.0.256', 'x'] },
  mac_addr: { fine: ['fa:16:3e:00:11:22', 'FA-16-3E-00-11-22'], wrong: ['fa:16:3e:00:11', 'fa:16:3e:00:11:zz'] },
  net_cidr: {
    fine: ['10.0.0.0/24', '2001:db8::/32', '0.0.0.0/0'],
    wrong: ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/24/1', 'x/8'],
  },
  ip_or_cidr: { fine: ['10.0.0.1', '10.0.0.0/8'], wrong: ['10.0.0.0/40', 'host'] },
  dns_name: {
    fine: ['www.example.org', 'example.org.', 'a'],
    wrong: ['-a.org', 'a..org', `${'a'.repeat(64)}.org`, 'a_b.org', '1.2'],
  },
  rel_dns_name: { fine: ['www'], wrong: ['www.'] },
  dns_domain: { fine: ['example.org.'], wrong: ['example.org'] },
  iso_8601: {
    fine: ['2026-11-26', '2026-11-26T10:00:00Z', '2026-11-26T10:00:00.5+01:00', '20261126T100000Z'],
    wrong: ['yesterday', '26.11.2026'],
  },
  cron_expression: {
    fine: ['* * * * *', '*/5 0-6 1,15 jan mon-fri', '0 12 * * 7', '0 0 1 1 * *', '0 0 1 1 * */10'],
    wrong: ['* * * *', '60 * * * *', '5-1 * * * *', '*/0 * * * *', 'x * * * *', '0 0 1 1 * 60', '0 0 1 1 * * *'],
  },
  timezone: { fine: ['Europe/Berlin', 'UTC'], wrong: ['Mars/Base'] },
  json_string: { fine: ['{"a": 1}', 'null'], wrong: ['{a: 1}'] },
}

describe('the constraint', () => {
  for (const [name, { fine, wrong }] of Object.entries(cases)) {
    it(`${name} takes what fits and says why something does not`, () => {
      for (const value of ['', ...fine]) expect(refusal(name, value), value).to.equal(undefined)
      for (const value of wrong) expect(refusal(name, value), value).to.be.a('string').and.not.equal('')
    })
  }
})

describe('the constraint expiration', () => {
  const now = Date.UTC(2026, 10, 26, 12)
  const said = (value: Json) => expiration({ now: () => now }).ask(value, new AbortController().signal)

  it('takes a time to come, in UTC where no zone is said', async () => {
    for (const value of [
      '',
      '2026-11-26T12:00:01',
      '2026-11-26T12:00:01Z',
      '2026-11-26T12:30:00+00:00',
      '2026-11-27',
    ]) {
      expect(await said(value), value).to.equal(undefined)
    }
    for (const value of ['2026-11-26T12:00:00', '2026-11-26T13:00:00+02:00', '2020-01-01']) {
      expect(await said(value), value).to.equal(`Expiration ${value} is invalid: Expiration time is out of date.`)
    }
    for (const value of ['2026-13-26', 'soon']) expect(await said(value)).to.contain('expected a time in ISO 8601')
  })
})
