import { expect } from 'chai'
import type { Json, JsonMap } from '../../plugin/json.js'
import { defined, placeholders, refused, valued } from '../kit.test.js'

/** A hundred resources, of which each does the same. */
const hundred = (value: Json): JsonMap => ({
  resources: Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`r${index}`, { type: 'OS::Heat::Value', properties: { value } }]),
  ),
})
/** What the functions of one resource may do, and little of it is kept. */
const busy = {
  list_join: ['', { repeat: { template: 'v', for_each: { v: Array(2000).fill(''), w: Array(400).fill('') } } }],
}
const long = { yaql: { expression: 'range(190).select(range(190).select($ + 1).sum()).sum()' } }

describe('the room for values', () => {
  it('bounds what all resources of a template do together', () => {
    expect(() => valued(busy)).not.to.throw()
    expect(refused(() => defined(hundred(busy)))).to.contain('in all of the template')
  })

  it('bounds the steps of expressions, in seconds', function () {
    this.timeout(20_000)
    const started = performance.now()
    expect(refused(() => defined(hundred(long)))).to.contain(
      '"yaql" takes too long: more than 2000000 steps in all of the template',
    )
    expect(performance.now() - started).to.be.below(15_000)
  })

  it('bounds the values that are kept of outputs', () => {
    const text = 'x'.repeat(900_000)
    const outputs = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e', 'small'].map(name => [
        name,
        { value: { get_attr: [name === 'small' ? 'little' : 'one', 'v'] } },
      ]),
    )
    const definition = defined({
      resources: { one: { type: 'OS::Heat::None' }, little: { type: 'OS::Heat::None' } },
      outputs,
    })
    const scope = { ...placeholders, attribute: (name: string) => (name === 'one' ? text : 'x') }
    const resolved = definition.resolveOutputs([...definition.outputs.values()], scope)
    expect(resolved.map(({ error }) => error !== undefined)).to.deep.equal([false, false, false, false, true, false])
    expect(definition.outputs.get('e')?.resolve(scope).error, 'alone').to.equal(undefined)
  })
})
