import { expect } from 'chai'
import { Unknown } from '../../plugin/index.js'
import { holdsHidden } from './holds-hidden.js'

describe('what may hold a template with hidden parameters', () => {
  it('is a text that says so, however deep it stands, in either language', () => {
    for (const value of [
      'parameters: { p: { type: string, hidden: true, default: x } }',
      { resource_def: { properties: [{ template: '{"Parameters": {"p": {"NoEcho": "true"}}}' }] } },
    ])
      expect(holdsHidden(value)).to.equal(true)
  })

  it('is nothing else: no key of a map, and nothing that is not known yet', () => {
    for (const value of [null, 1, 'parameters: {}', { hidden: true }, new Unknown('hidden')])
      expect(holdsHidden(value)).to.equal(false)
  })
})
