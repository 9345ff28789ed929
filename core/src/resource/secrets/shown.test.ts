import { expect } from 'chai'
import type { PropertySchemas } from '../../plugin/schema.js'
import { shownProperties } from './shown.js'

describe('Properties that events show', () => {
  const user: PropertySchemas = { name: { type: 'string' }, password: { type: 'string', secret: true } }
  const schemas: PropertySchemas = {
    size: { type: 'integer' },
    token: { type: 'string', hidden: true },
    owner: { type: 'map', schema: user },
    users: { type: 'list', schema: { '*': { type: 'map', schema: user } } },
    free: { type: 'map' },
  }

  it('lack the values of secret and hidden ones, however deep', () => {
    const me = { name: 'me', password: 'hush' }
    const shown = shownProperties(schemas, {
      size: 1,
      token: 'hush',
      owner: me,
      users: [me, me],
      free: { token: 'mine' },
    })
    const safe = { name: 'me', password: '******' }
    expect(shown).to.deep.equal({ size: 1, token: '******', owner: safe, users: [safe, safe], free: { token: 'mine' } })
  })

  it('say that a hidden one is not set', () => {
    expect(shownProperties(schemas, { token: null, users: [null] })).to.deep.equal({ token: null, users: [null] })
  })

  it('are all there where the type takes everything', () => {
    expect(shownProperties('any', { token: 'x' })).to.deep.equal({ token: 'x' })
  })
})
