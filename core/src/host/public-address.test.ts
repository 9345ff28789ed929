import { bindHost, bindPort, heatWaitconditionServerUrl, host, type Option } from '@hearth/config'
import { expect } from 'chai'
import { PublicAddress } from './public-address.js'

describe('The address that senders of signals are told', () => {
  const baseOf = (given: readonly (readonly [Option<never>, unknown])[], port?: number): string => {
    const values = new Map<unknown, unknown>(given)
    const get = <T>(option: Option<T>): T => (values.has(option) ? (values.get(option) as T) : option.default)
    const address = new PublicAddress({ get })
    if (port !== undefined) address.listensAt(port)
    return address.base
  }
  const set = (option: unknown, value: unknown) => [option as Option<never>, value] as const

  it('is where the daemon listens, unless the operator says where it is reached', () => {
    expect(baseOf([])).to.equal('http://127.0.0.1:8004/v1')
    expect(baseOf([set(bindPort, 0)], 40123)).to.equal('http://127.0.0.1:40123/v1')
    expect(baseOf([set(bindHost, '::1')])).to.equal('http://[::1]:8004/v1')
    expect(baseOf([set(bindHost, '0.0.0.0'), set(host, 'node-3')])).to.equal('http://node-3:8004/v1')
    const given = heatWaitconditionServerUrl.type.parse('https://heat.example/orchestration/v1/waitcondition/')
    expect(baseOf([set(heatWaitconditionServerUrl, given)], 40123)).to.equal('https://heat.example/orchestration/v1')
  })

  it('must have the version of the API', () => {
    for (const text of ['heat.example', 'http://heat.example:8004', 'ftp://heat.example/v1', '']) {
      expect(heatWaitconditionServerUrl.type.parse(text), text).to.equal(undefined)
    }
  })
})
