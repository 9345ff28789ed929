import { expect } from 'chai'
import { valued } from '../kit.test.js'
import { at, failure, gives, refuses } from './kit.test.js'

describe('if', () => {
  it('takes a branch and parses no other', () => {
    expect(valued({ if: ['on', 1, { str_replace: 'broken' }] })).to.equal(1)
    expect(valued({ if: [false, 1, { get_param: 'text' }] })).to.equal('hello')
    expect(valued({ if: [{ equals: [{ get_param: 'number' }, 5] }, 'five', 'other'] })).to.equal('five')
    expect(valued({ if: [null, 'yes', 'no'] })).to.equal('yes')
  })
  it('leaves nothing without an else', () => {
    expect(valued(['a', { if: ['off', 'b'] }, { k: { if: ['off', 'c'] } }])).to.deep.equal(['a', {}])
    expect(failure({ if: ['off', 'b'] })).to.equal(
      'Property error: resources.one.properties: Property value not assigned',
    )
  })
  it('makes dependencies of its branch only', () => {
    expect(valued({ if: ['on', 1, { get_resource: 'nope' }] })).to.equal(1)
  })
  it('refuses', () => {
    expect(failure({ if: ['nope', 1, 2] })).to.equal(`${at}.if: Invalid condition "nope" (expected on, off)`)
    expect(failure({ if: ['on'] })).to.equal(
      `${at}.if: Arguments to "if" must be of the form: [condition_name, value_if_true, value_if_false]`,
    )
    expect(failure({ if: ['on', 1] }, { version: '2018-08-31' })).to.contain('Arguments to "if" must be of the form')
  })
})

describe('the condition of if', () => {
  gives('if', [
    [[{ not: 'on' }, 1, 2], 2],
    [[{ and: ['on', 'off'] }, 1, 2], 2],
    [[{ or: ['off', { get_param: 'yes' }] }, 1, 2], 1],
    [[{ get_param: 'yes' }, 1, 2], 1],
    [[{ contains: ['b', { get_param: 'list' }] }, 1, 2], 1],
    [[{ yaql: { expression: '$.data > 4', data: { get_param: 'number' } } }, 1, 2], 1],
    [['off', 1, { if: ['on', 2, 3] }], 2],
  ])
  refuses('if', [
    [['yes', 1, 2], 'Invalid condition "yes" (expected on, off)'],
    [[[], 1, 2], 'Invalid condition "[]"'],
    [[5, 1, 2], 'Invalid condition "5"'],
    [[{ get_attr: ['other', 'x'] }, 1, 2], 'The function "get_attr" is invalid in this context'],
    [[{ equals: [{ if: ['on', 1, 2] }, 1] }, 1, 2], 'The function "if" is invalid in this context'],
    [[true, 1, 2, 3], 'Arguments to "if" must be of the form: [condition_name, value_if_true, value_if_false]'],
    ['x', 'Arguments to "if" must be of the form: [condition_name, value_if_true, value_if_false]'],
  ])
})
