import type { Json, JsonMap } from '@hearth/core/plugin'
import { expect } from 'chai'
import fc from 'fast-check'
import { storedWith } from '../testing/stored.js'
import { handle } from './handles.js'
import { dataOf, reasonsOf, signalsIn, withLooseSignal, withWholeSignal } from './signals.js'

const url = 'http://h/v1/p/stacks/s/1/resources/h/signal/sig'
const stored = storedWith({ name: 'h', type: handle.name, data: { url } })
const after = (signals: readonly (Json | undefined)[], add: typeof withWholeSignal = withLooseSignal): JsonMap =>
  signals.reduce<JsonMap>((received, one) => add(received, one)?.received ?? received, {})

describe('A handle of wait conditions', () => {
  it('fills in what a signal leaves out', () => {
    expect(after([undefined, { data: 7 }, { id: 'x', reason: 'why' }])).to.deep.equal({
      1: { status: 'SUCCESS', reason: 'Signal 1 received', data: null },
      2: { status: 'SUCCESS', reason: 'Signal 2 received', data: 7 },
      x: { status: 'SUCCESS', reason: 'why', data: null },
    })
    expect(withLooseSignal({}, { status: 'FAILURE', reason: 'bad' }).reason).to.equal('status:FAILURE reason:bad')
  })

  it('keeps the last signal of each id, and counts ids, not signals', () => {
    const received = after([{ id: 'a', data: 1 }, { id: 'a', data: 2 }, {}])
    expect(dataOf(signalsIn(received))).to.equal('{"2": null, "a": 2}')
  })

  it('takes nothing that says more, or another status', () => {
    const all: Json[] = [{ more: 1 }, { status: 'PERHAPS' }, { status: null }, [1], 'text', 5]
    for (const wrong of all) {
      expect(() => after([wrong]), JSON.stringify(wrong)).to.throw('Metadata format invalid')
    }
  })

  it('of the other family takes what is whole, and nothing else', () => {
    const whole = { Status: 'SUCCESS', Reason: 'r', Data: 'd', UniqueId: '5' }
    expect(after([undefined, whole], withWholeSignal)).to.deep.equal({
      5: { status: 'SUCCESS', reason: 'r', data: 'd' },
    })
    const all: Json[] = [{}, { ...whole, Status: 'success' }, { ...whole, more: 1 }, { status: 'SUCCESS' }]
    for (const wrong of all) {
      expect(() => after([wrong], withWholeSignal), JSON.stringify(wrong)).to.throw('Metadata format invalid')
    }
  })

  it('gives each signal its place, whatever its id is', () => {
    const ids = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', ''), fc.string(), fc.integer())
    fc.assert(
      fc.property(fc.uniqueArray(ids, { selector: String }), all => {
        const received = after(all.map((id, index) => ({ id, data: index, reason: `${index}` })))
        expect(Object.keys(received).sort()).to.deep.equal(all.map(String).sort())
        expect(reasonsOf(signalsIn(received), 'SUCCESS').split(';')).to.have.members(
          all.length === 0 ? [''] : all.map((_, index) => `${index}`),
        )
      }),
    )
  })

  it('tells how to signal it, in the way that was asked for', () => {
    const ways = (transport: string) =>
      handle.derive?.({ ...stored, properties: { signal_transport: transport } }).attributes
    expect(ways('TOKEN_SIGNAL')).to.deep.equal({
      token: 'sig',
      endpoint: url,
      curl_cli: `curl -i -X POST -H 'X-Auth-Token: sig' -H 'Content-Type: application/json' -H 'Accept: application/json' ${url}`,
      signal: 'null',
    })
    expect(ways('CFN_SIGNAL')).to.deep.equal({ signal: `{"alarm_url": "${url}"}` })
    expect(ways('NO_SIGNAL')).to.deep.equal({ signal: '{}' })
    for (const [transport, service] of [
      ['HEAT_SIGNAL', 'Keystone'],
      ['TEMP_URL_SIGNAL', 'Swift'],
      ['ZAQAR_SIGNAL', 'Zaqar'],
    ]) {
      expect(() =>
        handle.validate?.({ signal_transport: transport as string }, { name: 'a', timeoutSeconds: 1 }),
      ).to.throw(`Property error: Properties.signal_transport: ${transport} needs the service ${service}`)
    }
  })
})
