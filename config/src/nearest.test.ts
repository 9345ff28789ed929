import { expect } from 'chai'
import { nearest } from './nearest.js'

describe('the nearest of the known names', () => {
  const known = ['size', 'value', 'web', 'length', 'get_param', 'OS::Heat::Value']
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['siez', 'size'],
    ['vlaue', 'value'],
    ['wbe', 'web'],
    ['lenght', 'length'],
    ['get_prm', 'get_param'],
    ['Size', 'size'],
    ['OS::Heat::Valeu', 'OS::Heat::Value'],
    ['sise', 'size'],
    ['colour', undefined],
    ['iszes', undefined],
    ['', undefined],
  ]
  for (const [name, meant] of cases) {
    it(`of '${name}' is ${meant ?? 'none'}`, () => expect(nearest(name, known)).to.equal(meant))
  }
})
