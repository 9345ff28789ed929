import { expect } from 'chai'
import type { JsonMap } from '../../plugin/json.js'
import { done, type ResourceType } from '../../plugin/resource-type.js'
import { plainFormats } from '../formats/index.js'
import { checkStandIn } from './stand-in.js'
import { templateType } from './template-type.js'

const facade: ResourceType = {
  name: 'My::Server',
  className: 'Server',
  description: '',
  support: { status: 'SUPPORTED' },
  properties: {
    image: { type: 'string', required: true },
    count: { type: 'integer' },
    tags: { type: 'list' },
    whatever: { type: 'any' },
  },
  attributes: { address: {}, '*': {} },
  create: async () => done(),
}
const standsIn = (parameters: JsonMap, outputs: JsonMap = { address: { value: 1 } }) => {
  const template = { heat_template_version: '2018-08-31', parameters, outputs }
  return () => checkStandIn(facade, templateType('s.yaml', template, plainFormats.versionOf(template), {}))
}
const image = { type: 'string' }

describe('A template in the place of a type', () => {
  it('has what the type requires, and may have more', () => {
    expect(standsIn({ image })).not.to.throw()
    const more = { type: 'string', default: 'x' }
    const list = { type: 'comma_delimited_list' }
    expect(standsIn({ image, count: { type: 'number' }, tags: list, whatever: { type: 'json' }, more })).not.to.throw()
  })

  it('is compared with another template as with a type', () => {
    const file = (name: string, parameters: JsonMap, outputs: JsonMap) => {
      const template = { heat_template_version: '2018-08-31', parameters, outputs }
      return templateType(name, template, plainFormats.versionOf(template), {})
    }
    const around = {
      ...file('facade.yaml', { two: { type: 'string' }, tags: { type: 'json', default: {} } }, { here: { value: 1 } }),
      name: 'OS::Thingy',
    }
    const fits = (parameters: JsonMap, outputs: JsonMap) => () =>
      checkStandIn(around, file('c.yaml', parameters, outputs))
    const here = { here: { value: 1 } }
    expect(fits({ two: { type: 'string' } }, here)).not.to.throw()
    expect(fits({}, here)).to.throw('Required property two for facade OS::Thingy missing in provider')
    expect(fits({ two: { type: 'string' } }, {})).to.throw('Attribute here for facade OS::Thingy missing in provider')
    expect(fits({ two: { type: 'string' }, tags: { type: 'comma_delimited_list', default: '' } }, here)).to.throw(
      'Property tags type mismatch between facade OS::Thingy (Map) and provider (List)',
    )
  })

  it('is refused where the two do not fit, as Heat says it', () => {
    expect(standsIn({})).to.throw('Required property image for facade My::Server missing in provider')
    expect(standsIn({ image, tags: { type: 'json' } })).to.throw(
      'Property tags type mismatch between facade My::Server (List) and provider (Map)',
    )
    expect(standsIn({ image, count: { type: 'string' } })).to.throw(
      'Property count type mismatch between facade My::Server (Integer) and provider (String)',
    )
    expect(standsIn({ image, other: { type: 'string' } })).to.throw(
      'Provider requires property other unknown in facade My::Server',
    )
    expect(standsIn({ image }, {})).to.throw('Attribute address for facade My::Server missing in provider')
  })
})
