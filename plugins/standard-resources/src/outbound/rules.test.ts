import { expect } from 'chai'
import { permits, ruleList } from './rules.js'

const rules = (allow: string, deny = '') => {
  const [allowed, denied] = [ruleList.parse(allow), ruleList.parse(deny)]
  if (allowed === undefined || denied === undefined) throw new Error(`${allow} or ${deny} is no list of rules`)
  return { allow: allowed, deny: denied }
}

describe('whom resources may connect to', () => {
  const special = [
    '127.0.0.1',
    '127.255.0.9',
    '0.0.0.0',
    '169.254.169.254',
    '224.0.0.1',
    '255.255.255.255',
    '192.0.2.1',
    '198.18.0.1',
    '::',
    '::1',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:0:1::',
    '2001:db8::1',
  ]
  const privates = ['10.1.2.3', '172.16.0.1', '192.168.1.1', '100.64.0.1', 'fd00::1', '::ffff:10.0.0.1']
  const publics = ['8.8.8.8', '193.0.6.139', '2606:4700::1111', '::ffff:8.8.8.8']

  it('is the public internet, if nothing else is said', () => {
    for (const address of publics) expect(permits(rules('public'), address, address), address).to.equal(true)
    for (const address of [...special, ...privates])
      expect(permits(rules('public'), address, address), address).to.equal(false)
  })

  it('is what is listed, and nothing else', () => {
    expect(permits(rules('10.0.0.0/8'), 'x.org', '10.9.9.9')).to.equal(true)
    expect(permits(rules('10.0.0.0/8'), 'x.org', '8.8.8.8')).to.equal(false)
    expect(permits(rules('127.0.0.1'), 'localhost', '127.0.0.1')).to.equal(true)
    expect(permits(rules('127.0.0.1'), 'localhost', '127.0.0.2')).to.equal(false)
    expect(permits(rules('fd00::/8,public'), 'x.org', 'fd00::7')).to.equal(true)
    expect(permits(rules(''), 'x.org', '8.8.8.8')).to.equal(false)
  })

  it('may be named: such a host may be private, but not this machine or its neighbours', () => {
    const named = rules('api.example.org, *.internal')
    for (const address of [...publics, ...privates]) expect(permits(named, 'API.example.org.', address)).to.equal(true)
    for (const address of special) expect(permits(named, 'api.example.org', address), address).to.equal(false)
    expect(permits(named, 'a.b.internal', '10.0.0.1')).to.equal(true)
    for (const host of ['internal', 'xinternal', 'api.example.org.evil.org', 'example.org'])
      expect(permits(named, host, '8.8.8.8'), host).to.equal(false)
  })

  it('is never what is denied', () => {
    const denied = rules('public,10.0.0.0/8,api.example.org', '10.1.0.0/16, 8.8.8.8, bad.example.org')
    expect(permits(denied, 'x', '10.2.0.1')).to.equal(true)
    for (const [host, address] of [
      ['x', '10.1.0.1'],
      ['api.example.org', '10.1.0.1'],
      ['x', '::ffff:8.8.8.8'],
      ['bad.example.org', '9.9.9.9'],
    ])
      expect(permits(denied, host as string, address as string), host).to.equal(false)
  })

  it('is written as it was read, and refused if it is nothing of that', () => {
    const text = 'public,10.0.0.0/8,fd00::/8,::1,a.example.org,*.b_c.org'
    expect(ruleList.print(ruleList.parse(text) ?? [])).to.equal(text)
    for (const wrong of ['10.0.0.0/33', '10.0.0', '*', 'a..b', '-a.org', 'http://x', 'a b', '1.2.3.4.5'])
      expect(ruleList.parse(wrong), wrong).to.equal(undefined)
  })
})
