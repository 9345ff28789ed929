import { expect } from 'chai'
import { processorMs } from '../../kit.test.js'
import type { Json } from '../../plugin/json.js'
import type { ConstraintSchema } from '../../plugin/schema.js'
import { floatValue } from '../../template/values/float.js'
import { violation } from './constraints.js'

/** The text of what is wrong, as whoever may see the value reads it. */
const broken = (...asked: Parameters<typeof violation>): string | undefined => violation(...asked)?.open

describe('a constraint', () => {
  const cases: [ConstraintSchema, Json, string | undefined][] = [
    [{ range: { min: 1, max: 5 } }, 5, undefined],
    [{ range: { min: 1 } }, 0, '0 is out of range (min: 1, max: None); expected at least 1'],
    [{ range: { max: 1.5 } }, 2.5, '2.5 is out of range (min: None, max: 1.5); expected at most 1.5'],
    [{ length: { min: 2, max: 3 } }, '😀😀', undefined],
    [{ length: { min: 2 } }, 'a', 'length (1) is out of range (min: 2, max: None); expected at least 2'],
    [{ length: { max: 1 } }, ['a', 'b'], 'length (2) is out of range (min: None, max: 1); expected at most 1'],
    [{ length: { max: 1 } }, { a: 1, b: 2 }, 'length (2) is out of range (min: None, max: 1); expected at most 1'],
    [{ modulo: { step: 2, offset: 1 } }, -3, undefined],
    [{ modulo: { step: -2, offset: -1 } }, 3, undefined],
    [{ modulo: { step: 2, offset: 0 } }, -4, undefined],
    [{ modulo: { step: 2, offset: 1 } }, 4, '4 is not a multiple of 2 with an offset of 1'],
    [{ allowed_values: ['a', 1] }, true, undefined],
    [{ allowed_values: ['a', 1] }, 'b', '"b" is not an allowed value ["a", 1]'],
    [{ allowed_values: ['a', 'b'] }, ['a', 'c'], '["a", "c"] is not an allowed value ["a", "b"]'],
    [{ allowed_pattern: '\\bé\\b.*' }, 'é x', undefined],
    [{ allowed_pattern: '\\bé\\b.*' }, 'éx', '"éx" does not match pattern "\\bé\\b.*"'],
    [{ allowed_pattern: '[a-z]+' }, 'abc', undefined],
    [{ allowed_pattern: '[a-z]+' }, 'abc1', '"abc1" does not match pattern "[a-z]+"'],
    [{ allowed_pattern: 'a|ab' }, 'ab', '"ab" does not match pattern "a|ab"'],
    [{ allowed_pattern: 'ab$' }, 'ab\n', '"ab\n" does not match pattern "ab$"'],
    [{ allowed_pattern: 'a$\\n|b$|c' }, 'a\n', undefined],
    [{ allowed_pattern: '\\Aab\\Z' }, 'ab', undefined],
    [{ allowed_pattern: '(?P<x>a)b' }, 'ab', undefined],
    [{ allowed_pattern: '(?=.*[A-Z])[a-zA-Z]+' }, 'abC', undefined],
    [{ allowed_pattern: '(?=.*[A-Z])[a-zA-Z]+' }, 'abc', '"abc" does not match pattern "(?=.*[A-Z])[a-zA-Z]+"'],
    [{ allowed_pattern: '\\w+' }, 'é', undefined],
    [{ allowed_pattern: '(?i)(?=.*x)[a-z\\-\\_]+' }, 'A-X_', undefined],
    [{ allowed_pattern: 'x', description: 'Only x.' }, 'y', 'Only x.'],
    [{ custom_constraint: 'nova.flavor' }, 'm1', '"m1" does not validate nova.flavor (constraint not found)'],
  ]
  for (const [constraint, value, expected] of cases) {
    it(`${JSON.stringify(constraint)} ${expected === undefined ? 'allows' : 'refuses'} ${JSON.stringify(value)}`, () => {
      expect(broken([constraint], value)).to.equal(expected)
    })
  }
  it('of a plugin is asked of plain numbers, and told of as they are written', () => {
    const asked: Json[] = []
    const named = {
      absent: () => undefined,
      refuse: (_: string, value: Json) => {
        asked.push(value)
        return 'too small'
      },
    }
    const why = broken([{ custom_constraint: 'size' }], [floatValue(8)], undefined, named)
    expect(why).to.equal('Error validating value 8.0: too small')
    expect(asked).to.deep.equal([8])
  })
  it('cannot be stopped by a pattern', () => {
    expect(broken([{ allowed_pattern: '(a+)+$' }], `${'a'.repeat(50_000)}!`)).to.contain('does not match')
    expect(broken([{ allowed_pattern: '(?=a)(a+)+$' }], `${'a'.repeat(40)}!`)).to.contain('takes too long')
    expect(broken([{ allowed_pattern: '(' }], 'a')).to.contain('is not a regular expression')
    expect(broken([{ allowed_pattern: 'a' }], 5)).to.contain('is not text')
  })
  it('cannot be stopped by many of them either', function () {
    this.timeout(60_000)
    const ms = processorMs(() => {
      for (let index = 0; index < 500; index++) {
        const why = broken([{ allowed_pattern: `(?=a)(a+)+${index}$` }], `${'a'.repeat(40)}!`)
        expect(why).to.contain('takes too long')
      }
    })
    expect(ms).to.be.below(5000)
  })

  it('gives way to an earlier one', () => {
    expect(broken([{ length: { max: 1 } }, { allowed_values: ['x'] }], 'yy')).to.contain('length (2)')
  })
})
