import { expect } from 'chai'
import type { Json, JsonMap } from '../plugin/json.js'
import type { Scope } from './expression.js'
import { defined, refused } from './kit.test.js'

const value = (properties: Json = { value: 1 }, more: JsonMap = {}): JsonMap => ({
  type: 'OS::Heat::Value',
  properties,
  ...more,
})
const refusal = (template: JsonMap) => refused(() => defined(template))

describe('outputs', () => {
  const outputs = (outputs: Json) => refusal({ resources: { r: value() }, outputs })
  it('are checked', () => {
    const error = 'Output validation error: outputs.o: '
    expect(outputs({ o: 'x' })).to.equal(`${error}Output definitions must be a map. Found a <class 'str'> instead`)
    expect(outputs({ o: {} })).to.equal(`${error}Each output definition must contain a value key.`)
    expect(outputs('x')).to.contain('Output validation error: outputs: ')
    expect(outputs({ o: { value: { get_attr: ['r', 'nope'] } } })).to.equal(
      'outputs.o.value.get_attr: The Referenced Attribute (r nope) is incorrect. (expected value)',
    )
    expect(outputs({ o: { value: { list_join: 5 } } })).to.contain('outputs.o.value.list_join: Incorrect arguments')
    expect(outputs({ o: { value: 1, condition: 'nope' } })).to.contain('outputs.o.condition: Invalid condition "nope"')
  })

  it('resolve to a value or to an error', () => {
    const definition = defined({
      resources: { r: value() },
      outputs: {
        a: { value: { get_attr: ['r', 'value'] }, description: 5, extra: 'ignored' },
        b: { value: { list_join: [',', { get_attr: ['r', 'value'] }] } },
        c: { value: { get_param: 'nope' } },
      },
    })
    const scope: Scope = { reference: name => name, attribute: () => 'text' }
    const { a, b, c } = Object.fromEntries(definition.outputs)
    expect([a?.description, b?.description]).to.deep.equal(['5', 'No description given'])
    expect(a?.resolve(scope)).to.deep.equal({ value: 'text' })
    expect(a?.references).to.deep.equal([{ resource: 'r', attribute: 'value', path: 'outputs.a.value' }])
    expect(b?.resolve(scope)).to.deep.equal({ value: null, error: '"list_join" must operate on a list' })
    expect(c?.resolve(scope).error).to.equal('The Parameter (nope) was not provided.')
  })
})
