import { expect } from 'chai'
import fc from 'fast-check'
import type { JsonMap } from '../../plugin/json.js'
import { hiddenNames, openHidden, sealHidden } from './hidden.js'
import { Secrets } from './secrets.js'

const secrets = new Secrets('a key')

describe('hidden properties', () => {
  it('are those whose schema says so, at any depth', () => {
    expect(
      hiddenNames({
        open: { type: 'string' },
        closed: { type: 'string', hidden: true },
        map: { type: 'map', schema: { user: { type: 'string' }, password: { type: 'string', secret: true } } },
        list: { type: 'list', schema: { '*': { type: 'map', schema: { key: { type: 'string', hidden: true } } } } },
      }),
    ).to.deep.equal(['closed', 'map', 'list'])
    expect(hiddenNames('any')).to.deep.equal([])
  })

  it('are not in the clear, and come back as they were', () =>
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(fc.constant(null), fc.string(), fc.integer())),
        fc.subarray(['a', 'b', 'c', 'd']),
        (properties: JsonMap, names) => {
          const sealed = sealHidden(properties, names, secrets)
          for (const name of names) expect(sealed.properties[name] ?? null).to.equal(null)
          const opened = openHidden(sealed, secrets)
          expect(opened.properties).to.deep.equal({ ...properties })
          expect(names).to.include.members([...opened.hidden])
        },
      ),
    ))
})
