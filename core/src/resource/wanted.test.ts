import { expect } from 'chai'
import type { Json, ResourceType } from '../plugin/index.js'
import { floatValue } from '../template/values/float.js'
import { defined, placeholders } from '../template/kit.test.js'
import { plainType } from './kit.test.js'
import { typeRegistry } from './types.js'
import { resolveWanted } from './wanted.js'

const sized: ResourceType = plainType({ name: 'Test::Sized', properties: 'any' })

function digest(length: Json): string | undefined {
  const definition = defined(
    { resources: { r: { type: 'Test::Sized', properties: { length, of: [length] } } } },
    { types: typeRegistry([sized]) },
  )
  const resource = definition.resources.get('r')
  return resource && resolveWanted(resource, sized, placeholders, 'Properties').digest
}

describe('What a resource is wanted to be', () => {
  it('is the same with 8 and 8.0, and another one with 9', () => {
    expect(digest(floatValue(8)))
      .to.be.a('string')
      .that.equals(digest(8))
    expect(digest(floatValue(-0))).to.equal(digest(0))
    expect(digest(9)).not.to.equal(digest(8))
  })
})
