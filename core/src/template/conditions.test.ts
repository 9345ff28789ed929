import { expect } from 'chai'
import type { Json, JsonMap } from '../plugin/json.js'
import { defined, placeholders, refused } from './kit.test.js'

const value = (properties: Json = { value: 1 }, more: JsonMap = {}): JsonMap => ({
  type: 'OS::Heat::Value',
  properties,
  ...more,
})

describe('conditions', () => {
  const parameters = { env: { type: 'string', default: 'prod' }, flag: { type: 'boolean', default: false } }
  const conditional = (conditions: Json, resources: JsonMap, outputs: JsonMap = {}) =>
    defined({ parameters, conditions, resources, outputs })

  it('decide what is in the stack', () => {
    const definition = conditional(
      {
        prod: { equals: [{ get_param: 'env' }, 'prod'] },
        flagged: { get_param: 'flag' },
        both: { and: ['prod', { not: 'flagged' }] },
        either: { or: ['flagged', { equals: [1, 2] }] },
      },
      {
        a: value({ value: 1 }, { condition: 'both' }),
        b: { type: 'Unknown::Type', condition: 'either', properties: { value: { get_resource: 'nope' } } },
        c: value({ value: { if: ['either', { get_resource: 'b' }, 'none'] } }, { depends_on: ['b', 'a'] }),
      },
      { o: { value: { get_resource: 'a' }, condition: 'either' }, p: { value: { get_resource: 'b' } } },
    )
    expect([...definition.resources.keys()]).to.deep.equal(['a', 'c'])
    expect(definition.resources.get('c')?.requires).to.deep.equal(['a'])
    expect(definition.resources.get('c')?.resolveProperties(placeholders)).to.deep.equal({ value: 'none' })
    expect(definition.outputs.get('o')?.resolve(placeholders)).to.deep.equal({ value: null })
    expect(definition.outputs.get('p')?.resolve(placeholders)).to.deep.equal({
      value: null,
      error: 'The specified reference "b" (in unknown) is incorrect.',
    })
  })

  it('may not refer to what is not there', () => {
    expect(
      refused(() =>
        conditional(
          { off: false },
          { a: value({ value: 1 }, { condition: 'off' }), b: value({ value: { get_attr: ['a', 'value'] } }) },
        ),
      ),
    ).to.contain('The specified reference "a" (in b.Properties.value) is incorrect.')
    expect(
      refused(() =>
        conditional(
          { off: false },
          { a: value({ value: 1 }, { condition: 'off' }) },
          { o: { value: { get_attr: ['a', 'value'] } } },
        ),
      ),
    ).to.equal('outputs.o.value.get_attr: The specified reference "a" (in unknown) is incorrect.')
  })

  const error = 'Condition validation error: '
  const noText =
    'expected a boolean or a function of conditions, not text; another condition may be named inside of one'
  const wrong: [Json, string][] = [
    [null, "Conditions validation error: Condition definitions must be a map. Found a <class 'NoneType'> instead"],
    [{ c: 'other' }, `${error}The definition of condition "c" is invalid: other; ${noText}`],
    [{ c: { get_param: 'env' } }, `${error}The definition of condition "c" is invalid: prod; ${noText}`],
    [{ c: { not: 'd' }, d: { not: 'c' } }, `${error}Circular definition for condition "c"`],
    [{ c: { not: 'nope' } }, 'resources.r.condition: Invalid condition "nope" (expected c)'],
    [{ c: { not: null } }, 'conditions.c.not: Argument to "not" must be a condition'],
    [{ c: { and: [true] } }, 'conditions.c.and: The minimum number of condition arguments to "and" is 2.'],
    [{ c: { or: 'x' } }, 'conditions.c.or: Arguments to "or" must be a list of conditions'],
    [{ c: { equals: [1] } }, 'conditions.c.equals: Arguments to "equals" must be of the form: [value_1, value_2]'],
    [
      { c: { equals: [{ get_file: 'x' }, 1] } },
      'conditions.c.equals[0].get_file: The function "get_file" is invalid in this context',
    ],
    [{ c: { get_param: 'nope' } }, 'UserParameterMissing: The Parameter (nope) was not provided.'],
    [
      { c: { yaql: { expression: '1 +' } } },
      'resources.r.condition: Bad expression Parse error: unexpected end of statement.',
    ],
  ]
  for (const [conditions, text] of wrong) {
    it(`may not be ${JSON.stringify(conditions)}`, () => {
      expect(refused(() => conditional(conditions, { r: value({ value: 1 }, { condition: 'c' }) }))).to.equal(text)
    })
  }

  it('are checked for type, but not evaluated, when nobody asks', () => {
    conditional({ c: { not: 'd' }, d: { not: 'c' } }, {})
    expect(refused(() => conditional({ c: 5 }, {}))).to.equal(
      `${error}The definition of condition "c" is invalid: 5; expected a boolean or a function of conditions`,
    )
  })

  it('compare as Python does', () => {
    const holds = (a: Json, b: Json) =>
      conditional({ c: { equals: [a, b] } }, { r: value({ value: 1 }, { condition: 'c' }) }).resources.size === 1
    expect([holds(1, true), holds(5, '5'), holds({ a: [1] }, { a: [1] })]).to.deep.equal([true, false, true])
  })
})
