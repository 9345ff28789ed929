import { expect } from 'chai'
import fc from 'fast-check'
import { HearthError } from '../../errors.js'
import type { Json } from '../../plugin/json.js'
import { type PropertySchema, type PropertySchemas, Unknown } from '../../plugin/schema.js'
import { plainLanguage } from '../../template/language.js'
import { coerceProperties } from './properties.js'

const at = 'resources.r.properties'
const checks = plainLanguage.constraints

function refused(schemas: PropertySchemas, given: Record<string, Json>, path = at): string {
  try {
    coerceProperties(schemas, given, path, checks)
  } catch (error) {
    if (HearthError.is(error)) return error.message
    throw error
  }
  return expect.fail('nothing was refused')
}
const coerced = (schema: PropertySchema, value: Json) => coerceProperties({ p: schema }, { p: value }, at, checks)['p']
const why = (schema: PropertySchema, value: Json) => refused({ p: schema }, { p: value })

describe('properties', () => {
  const good: [PropertySchema['type'], Json, Json][] = [
    ['string', 5, '5'],
    ['string', true, 'True'],
    ['integer', ' 7 ', 7],
    ['integer', 1.9, 1],
    ['integer', -1.9, -1],
    ['integer', true, 1],
    ['number', '1.5', 1.5],
    ['number', '2', 2],
    ['number', true, true],
    ['boolean', 'TRUE', true],
    ['boolean', 'false', false],
    ['map', { a: 1 }, { a: 1 }],
    ['list', [1], [1]],
    ['any', 1.5, 1.5],
    ['string', null, ''],
    ['integer', null, 0],
    ['number', null, 0],
    ['boolean', null, false],
    ['map', null, {}],
    ['list', null, []],
    ['any', null, null],
  ]
  for (const [type, given, expected] of good) {
    it(`take ${JSON.stringify(given)} for ${type} as ${JSON.stringify(expected)}`, () => {
      expect(coerced({ type }, given)).to.deep.equal(expected)
    })
  }

  const bad: [PropertySchema['type'], Json, string][] = [
    ['string', 1.5, 'Value must be a string; got 1.5'],
    ['string', ['a'], "Value must be a string; got ['a']"],
    ['integer', 'x', "Value 'x' is not an integer"],
    ['integer', '1.5', "Value '1.5' is not an integer"],
    ['integer', [], "Value '[]' is not an integer"],
    ['number', 'abc', "could not convert string to float: 'abc'"],
    ['boolean', 'yes', '"yes" is not a valid boolean'],
    ['boolean', 1, '"1" is not a valid boolean'],
    ['map', 'x', '"x" is not a map'],
    ['list', 'x', '"\'x\'" is not a list'],
  ]
  for (const [type, given, text] of bad) {
    it(`refuse ${JSON.stringify(given)} for ${type}`, () => {
      expect(why({ type }, given)).to.equal(`Property error: ${at}.p: ${text}`)
    })
  }

  it('have defaults, for null too, except Any', () => {
    const schemas: PropertySchemas = {
      a: { type: 'integer', default: 32 },
      b: { type: 'any', default: 'x' },
      c: { type: 'string' },
    }
    expect(coerceProperties(schemas, {}, at, checks)).to.deep.equal({ a: 32, b: 'x', c: null })
    expect(coerceProperties(schemas, { a: null, b: null, c: null }, at, checks)).to.deep.equal({
      a: 32,
      b: null,
      c: '',
    })
  })

  it('are required by absence, not by null', () => {
    expect(refused({ p: { type: 'string', required: true } }, {})).to.equal(
      `Property error: ${at}: Property p not assigned`,
    )
    expect(coerced({ type: 'string', required: true }, null)).to.equal('')
  })

  it('are known by name', () => {
    const schemas: PropertySchemas = { length: { type: 'integer' } }
    expect(refused(schemas, { zzz: 1 })).to.equal(`Property error: ${at}: Unknown Property zzz (expected length)`)
    expect(refused(schemas, { lenght: 1 })).to.equal(
      `Property error: ${at}: Unknown Property lenght (did you mean length?)`,
    )
    expect(refused(schemas, { constructor: 1 })).to.contain('Unknown Property constructor')
    expect(refused(schemas, { length: 'x' }, 'Properties')).to.equal(
      "Property error: Properties.length: Value 'x' is not an integer",
    )
  })

  it('may have properties inside', () => {
    const classes: PropertySchema = {
      type: 'list',
      schema: {
        '*': {
          type: 'map',
          schema: {
            class: { type: 'string', required: true, constraints: [{ allowed_values: ['letters', 'digits'] }] },
            min: { type: 'integer', default: 1, constraints: [{ range: { min: 1, max: 512 } }] },
          },
        },
      },
    }
    expect(coerced(classes, [{ class: 'letters' }, { class: 'digits', min: '3' }])).to.deep.equal([
      { class: 'letters', min: 1 },
      { class: 'digits', min: 3 },
    ])
    expect(why(classes, [{ class: 'x' }])).to.equal(
      `Property error: ${at}.p[0].class: "x" is not an allowed value ["letters", "digits"]`,
    )
    expect(why(classes, [{ class: 'letters', min: 0 }])).to.equal(
      `Property error: ${at}.p[0].min: 0 is out of range (min: 1, max: 512)`,
    )
    expect(why(classes, [{ class: 'letters', x: 1 }])).to.equal(
      `Property error: ${at}.p[0]: Unknown Property x (expected class, min)`,
    )
    expect(why(classes, [null])).to.equal(`Property error: ${at}.p[0]: Property class not assigned`)
  })

  it('pass what is not known yet', () => {
    const unknown = new Unknown()
    const schemas: PropertySchemas = {
      a: { type: 'integer', required: true },
      b: { type: 'list', schema: { '*': { type: 'integer' } }, constraints: [{ length: { max: 1 } }] },
    }
    expect(coerceProperties(schemas, { a: unknown, b: ['1', unknown] }, at, checks)).to.deep.equal({
      a: unknown,
      b: [1, unknown],
    })
    expect(coerceProperties('any', { x: unknown }, at, checks)).to.deep.equal({ x: unknown })
  })

  it('refuse in words or not at all', () => {
    const kinds: PropertySchema['type'][] = ['string', 'integer', 'number', 'boolean', 'map', 'list', 'any']
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.jsonValue(), (type, value) => {
        try {
          coerced({ type, constraints: [{ length: { min: 1 } }] }, value as Json)
        } catch (error) {
          if (!HearthError.is(error)) throw error
        }
      }),
    )
  })
})
