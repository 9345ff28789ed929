import { floatValue } from '../values/float.js'
import { expect } from 'chai'
import type { Json, JsonMap } from '../../plugin/json.js'
import { checkImmutable } from '../definition.js'
import { environmentOf } from '../environment/environment.js'
import { plainLanguage } from '../language.js'
import { defined, refused } from '../kit.test.js'
import { NamedConstraints } from '../../resource/properties/named-constraints.js'

const withP = (schema: Json, parameters: JsonMap = {}, defaults: JsonMap = {}) =>
  defined({ parameters: { p: schema } }, { environment: environmentOf({ parameters, parameter_defaults: defaults }) })
const value = (schema: Json, given: Json) => withP(schema, { p: given }).parameters.value('p')
const shown = (schema: Json, given: Json) => withP(schema, { p: given }).parameters.format()['p']
const refusal = (schema: Json, given?: Json) => refused(() => withP(schema, given === undefined ? {} : { p: given }))

describe('a parameter', () => {
  const values: [string, Json, Json, string][] = [
    ['string', 5, '5', '5'],
    ['string', true, 'True', 'True'],
    ['string', [1], '[1]', '[1]'],
    ['number', '5', 5, '5'],
    ['number', ' 1_0 ', 10, '10'],
    ['number', '1e3', floatValue(1000), '1000.0'],
    // What no number holds exactly stays the text it was.
    ['number', '12345678901234567890', '12345678901234567890', '12345678901234567890'],
    ['number', '1.0', floatValue(1), '1.0'],
    ['string', floatValue(2), '2.0', '2.0'],
    ['comma_delimited_list', [floatValue(2), 3], ['2.0', '3'], '2.0,3'],
    ['json', '{"a": 1.0}', { a: floatValue(1) }, '{"a": 1.0}'],
    ['number', 1.5, 1.5, '1.5'],
    ['number', true, true, 'True'],
    ['boolean', ' Yes ', true, 'True'],
    ['boolean', 0, false, 'False'],
    ['boolean', 'off', false, 'False'],
    ['comma_delimited_list', 'a, b', ['a', ' b'], 'a, b'],
    ['comma_delimited_list', '', [], ''],
    ['comma_delimited_list', [1, true], ['1', 'True'], '1,True'],
    ['json', '{"a": [1]}', { a: [1] }, '{"a": [1]}'],
    ['json', { b: 1 }, { b: 1 }, '{"b": 1}'],
    ['json', '', '', ''],
    ['json', 'null', null, 'null'],
  ]
  for (const [type, given, expected, text] of values) {
    it(`of type ${type} takes ${JSON.stringify(given)}`, () => {
      expect(value({ type }, given)).to.deep.equal(expected)
      expect(shown({ type }, given)).to.equal(text)
    })
  }

  const invalid = "Parameter 'p' is invalid: "
  const wrong: [string, Json, string][] = [
    ['number', '0x10', `${invalid}could not convert string to float: '0x10'`],
    ['number', '', `${invalid}could not convert string to float: ''`],
    [
      'boolean',
      'maybe',
      `${invalid}Unrecognized value 'maybe', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'`,
    ],
    ['comma_delimited_list', { a: 1 }, `${invalid}Value must be a comma-delimited list string: {'a': 1}`],
    ['json', 'x', `${invalid}Value must be valid JSON: Expecting value: line 1 column 1 (char 0)`],
  ]
  for (const [type, given, text] of wrong) {
    it(`of type ${type} refuses ${JSON.stringify(given)}`, () => expect(refusal({ type }, given)).to.equal(text))
  }

  it('has a value: given, by the environment, or by default', () => {
    expect(withP({ type: 'string', default: 'd' }).parameters.value('p')).to.equal('d')
    expect(withP({ type: 'string', default: 'd' }, {}, { p: 'e' }).parameters.value('p')).to.equal('e')
    expect(withP({ type: 'string', default: 'd' }, { p: 'u' }, { p: 'e' }).parameters.value('p')).to.equal('u')
    expect(withP({ type: 'string', default: 'd' }, { p: null }).parameters.value('p')).to.equal('d')
    expect(refusal({ type: 'string' })).to.equal('UserParameterMissing: The Parameter (p) was not provided.')
    expect(refusal({ type: 'string', default: null })).to.equal(
      'UserParameterMissing: The Parameter (p) was not provided.',
    )
  })

  it('must be declared', () => {
    expect(refused(() => withP({ type: 'string', default: '' }, { q: 1 }))).to.equal(
      'UnknownUserParameter: The Parameter (q) was not defined in template. (expected p)',
    )
    expect(withP({ type: 'string', default: '' }, {}, { q: 1 }).parameters.schemas.has('q')).to.equal(false)
    const dropping = defined({}, { environment: environmentOf({ parameters: { q: 1 } }), dropUnknownParameters: true })
    expect(dropping.environment.parameters).to.deep.equal({})
  })

  it('is masked when hidden', () => {
    const { parameters } = withP({ type: 'string', hidden: 'false' }, { p: 'secret' })
    expect(parameters.format()).to.deep.equal({
      'OS::project_id': 'proj',
      'OS::stack_id': 'None',
      'OS::stack_name': 'teststack',
      p: '******',
    })
    expect([...parameters.hidden]).to.deep.equal(['p'])
  })

  const schemas: [Json, string][] = [
    [5, 'Invalid parameter (p), expected a mapping'],
    [{ type: 'string', tpye: 1 }, "Invalid key 'tpye' for parameter (p) (did you mean type?)"],
    [{}, 'Missing parameter type for parameter: p'],
    [
      { type: 'String' },
      'Invalid type (String); expected string, number, boolean, comma_delimited_list or json (did you mean string?)',
    ],
    [{ type: 'string', tags: 'a' }, 'Tags property should be a list for parameter: p'],
    [{ type: 'string', constraints: {} }, 'Invalid parameter constraints for parameter p, expected a list'],
    [{ type: 'string', constraints: ['x'] }, 'Invalid parameter constraints, expected a mapping'],
    [
      { type: 'string', constraints: [{ lenght: 1 }] },
      "Invalid key 'lenght' for parameter constraints (did you mean length?)",
    ],
    [
      { type: 'string', constraints: [{ description: 'x' }] },
      'No constraint expressed; expected one of modulo, range, length, allowed_values, allowed_pattern, custom_constraint',
    ],
    [{ type: 'string', constraints: [{ length: 5 }] }, 'Invalid length constraint, expected a mapping'],
    [
      { type: 'string', constraints: [{ length: { mn: 1 } }] },
      "Invalid key 'mn' for length constraint; expected min, max",
    ],
    [
      { type: 'string', constraints: [{ length: {} }] },
      'A length constraint must have a min value and/or a max value specified.',
    ],
    [
      { type: 'number', constraints: [{ range: {} }] },
      'A range constraint must have a min value and/or a max value specified.',
    ],
    [{ type: 'number', constraints: [{ range: { min: 'x' } }] }, 'min/max must be numeric'],
    [{ type: 'string', constraints: [{ length: { min: 1.5 } }] }, 'min/max length must be integral'],
    [
      { type: 'number', constraints: [{ modulo: { step: 1 } }] },
      'A modulo constraint must have a step value and an offset value specified.',
    ],
    [{ type: 'number', constraints: [{ modulo: { step: 0, offset: 0 } }] }, 'step cannot be 0.'],
    [
      { type: 'number', constraints: [{ modulo: { step: 2, offset: 2 } }] },
      'offset must be smaller (by absolute value) than step.',
    ],
    [
      { type: 'number', constraints: [{ modulo: { step: 2, offset: -1 } }] },
      'step and offset must be both positive or both negative.',
    ],
    [{ type: 'number', constraints: [{ modulo: { step: 2.5, offset: 1 } }] }, 'step/offset must be integer'],
    [{ type: 'string', constraints: [{ allowed_values: 'x' }] }, 'AllowedValues must be a list'],
    [{ type: 'string', constraints: [{ allowed_pattern: 5 }] }, 'AllowedPattern must be a string'],
  ]
  for (const [schema, text] of schemas) {
    it(`may not be declared as ${JSON.stringify(schema)}`, () =>
      expect(refusal(schema)).to.equal(`InvalidSchemaError: ${text}`))
  }

  it('knows modulo and tags in later versions only', () => {
    const old = (schema: Json) =>
      refused(() => defined({ heat_template_version: '2016-10-14', parameters: { p: schema } }))
    expect(old({ type: 'number', constraints: [{ modulo: { step: 2, offset: 0 } }] })).to.contain(
      'No constraint expressed',
    )
    expect(old({ type: 'number', tags: [] })).to.contain("Invalid key 'tags' for parameter (p)")
  })

  it('may be checked by a constraint that a plugin brings, a list item by item', () => {
    const short = {
      name: 'short',
      refuse: (given: Json) => (JSON.stringify(given).length > 4 ? 'longer than 2' : undefined),
    }
    const mute = { name: 'mute', refuse: () => '' }
    const language = {
      ...plainLanguage,
      constraints: new NamedConstraints(new Map([short, mute].map(one => [one.name, one])), () => 0),
    }
    const checked = (type: string, constraint: string, given: Json) => () =>
      defined(
        { parameters: { p: { type, constraints: [{ custom_constraint: constraint }] } } },
        { language, environment: environmentOf({ parameters: { p: given } }) },
      )
    expect(checked('string', 'short', 'ab')().parameters.value('p')).to.equal('ab')
    expect(refused(checked('string', 'short', 'abc'))).to.equal(`${invalid}Error validating value 'abc': longer than 2`)
    expect(refused(checked('comma_delimited_list', 'short', 'a,bcd'))).to.contain("Error validating value 'bcd'")
    expect(refused(checked('number', 'mute', 5))).to.equal(`${invalid}"5" does not validate mute`)
  })

  it('is checked against its constraints, and so is its default', () => {
    const port: JsonMap = {
      type: 'number',
      constraints: [{ range: { min: 1, max: '10' } }, { modulo: { step: 2, offset: 0 }, description: 'Even!' }],
    }
    expect(value(port, '4')).to.equal(4)
    expect(refusal(port, 11)).to.equal(`${invalid}11 is out of range (min: 1, max: 10)`)
    expect(refusal(port, 3)).to.equal(`${invalid}Even!`)
    expect(refusal({ ...port, default: 12 }, 4)).to.equal(
      `${invalid}Invalid default 12 (12 is out of range (min: 1, max: 10))`,
    )
    expect(refusal({ type: 'string', constraints: [{ range: { min: 1 } }] }, 'x')).to.equal(
      `${invalid}Range constraint invalid for string; expected number`,
    )
    expect(refusal({ type: 'string', default: 'm1', constraints: [{ custom_constraint: 'nova.flavor' }] })).to.equal(
      `${invalid}"m1" does not validate nova.flavor (constraint not found: it asks the service nova, and no loaded plugin does)`,
    )
  })

  it('compares allowed values in its own type', () => {
    expect(value({ type: 'number', constraints: [{ allowed_values: ['2.0'] }] }, 2)).to.equal(2)
    expect(value({ type: 'boolean', constraints: [{ allowed_values: ['yes'] }] }, 'true')).to.equal(true)
    expect(refusal({ type: 'string', constraints: [{ allowed_values: ['a', 'b'] }] }, 'c')).to.equal(
      `${invalid}"c" is not an allowed value ["a", "b"]`,
    )
    expect(refusal({ type: 'comma_delimited_list', constraints: [{ allowed_values: [1] }] }, '1')).to.contain(
      'is not an allowed value [1]',
    )
  })

  it('that is immutable keeps its value', () => {
    const schema = { type: 'number', immutable: true, default: 5 }
    const before = withP({ type: 'number', default: 5 }, { p: '5' })
    checkImmutable(before, withP(schema, { p: 5 }))
    checkImmutable(before, withP(schema))
    checkImmutable(defined({}), withP(schema, { p: 7 }))
    const text = 'ImmutableParameterModified: The following parameters are immutable and may not be updated: p'
    expect(refused(() => checkImmutable(before, withP(schema, { p: 6 })))).to.equal(text)
    expect(refused(() => checkImmutable(before, withP(schema, { p: '5' })))).to.equal(text)
  })
})
