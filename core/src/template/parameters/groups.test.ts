import { expect } from 'chai'
import type { Json } from '../../plugin/json.js'
import { defined, refused } from '../kit.test.js'

describe('parameter groups', () => {
  const groups = (parameter_groups: Json) =>
    refused(() => defined({ parameters: { a: { type: 'string', default: '' } }, parameter_groups }))
  const error = 'Parameter Groups error: parameter_groups'
  it('name each parameter once', () => {
    defined({
      parameters: { a: { type: 'string', default: '' } },
      parameter_groups: [{ label: 'g', parameters: ['a', 'OS::stack_id'] }],
    })
    expect(groups({ a: 1 })).to.equal(`${error}: The parameter_groups should be a list.`)
    expect(groups([{ label: 'g' }])).to.equal(`${error}.g: The parameters must be provided for each parameter group.`)
    expect(groups([{ parameters: 'a' }])).to.equal(`${error}.: The parameters of parameter group should be a list.`)
    expect(groups([{ label: 'g', parameters: ['a', 'a'] }])).to.equal(
      `${error}.g: The a parameter must be assigned to one parameter group only.`,
    )
    expect(groups([{ label: 'g', parameters: ['b'] }])).to.equal(
      `${error}.g: The grouped parameter b does not reference a valid parameter. (expected OS::project_id, OS::stack_id, OS::stack_name, a)`,
    )
  })
})
