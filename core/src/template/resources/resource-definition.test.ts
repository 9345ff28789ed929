import { expect } from 'chai'
import type { Json } from '../../plugin/json.js'
import { Unknown } from '../../plugin/schema.js'
import { follow } from '../expression.js'
import { defined, placeholders } from '../kit.test.js'
import { parseTemplateText } from '../reading/parse.js'

describe('a resource', () => {
  it('knows what it requires and reads', () => {
    const definition = defined({
      parameters: { name: { type: 'string', default: 'b' } },
      resources: {
        a: { type: 'OS::Heat::None' },
        b: { type: 'OS::Heat::None' },
        c: {
          type: 'OS::Heat::None',
          depends_on: 'a',
          properties: { x: { get_attr: [{ get_param: 'name' }, 'v', 'path'] }, y: [{ get_attr: ['b'] }] },
          metadata: { m: { get_resource: 'a' } },
        },
      },
    })
    const c = definition.resources.get('c')
    expect(c?.requires).to.deep.equal(['a', 'b'])
    expect(c?.reads.map(({ resource, attribute, within }) => [resource, attribute, within])).to.deep.equal([
      ['b', 'v', ['path']],
      ['b', undefined, undefined],
    ])
    expect(c?.resolveMetadata(placeholders)).to.deep.equal({ m: 'a' })
  })

  it('keeps names that objects have anyway', () => {
    const text =
      'heat_template_version: 2021-04-16\nresources: {constructor: {type: OS::Heat::None, properties: {__proto__: {a: {get_param: OS::stack_name}}}}}'
    const resource = defined(parseTemplateText(text, { maxSize: 1000 })).resources.get('constructor')
    const properties = resource?.resolveProperties(placeholders) ?? {}
    expect(Object.keys(properties)).to.deep.equal(['__proto__'])
    expect(JSON.stringify(properties)).to.equal('{"__proto__":{"a":"teststack"}}')
  })

  it('follows a path as get_attr does', () => {
    const data: Json = { a: ['x', { b: 'text' }] }
    expect(follow(data, ['a', 1, 'b', 0])).to.equal('t')
    expect(follow(data, ['a', -1, 'b'])).to.equal('text')
    expect(follow(data, ['a', '1'])).to.equal(null)
    expect(follow(data, ['a', 5])).to.equal(null)
    expect(follow(data, ['constructor'])).to.equal(null)
    expect(follow(new Unknown('x'), ['a'])).to.be.instanceOf(Unknown)
  })
})
