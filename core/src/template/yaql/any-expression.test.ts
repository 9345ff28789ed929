import { expect } from 'chai'
import fc from 'fast-check'
import { type Json, YaqlError } from './index.js'
import { run } from './kit.test.js'

describe('YAQL, whatever is written', () => {
  const anything = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>
  const word = fc.constantFrom(
    '$',
    '$.a',
    '$1',
    '$x',
    '1',
    '2.5',
    'null',
    'true',
    '"ab"',
    "'x'",
    'a',
    '[',
    ']',
    '(',
    ')',
    '{',
    '}',
    ',',
    '=>',
    '->',
    '+',
    '-',
    '*',
    '/',
    ' mod ',
    '=',
    '<',
    '=~',
    ' in ',
    ' and ',
    ' not ',
    '.',
    '?.',
    'select(',
    'where(',
    'len()',
    'sum()',
    'groupBy(',
    'dict(',
    'let(',
    'range(',
    'regex(',
    'switch(',
    'first(',
    'toList()',
    'join(',
    'replace(',
    'split(',
    'set(',
    'orderBy(',
    'format(',
    'str(',
    'int(',
    'flatten()',
    'mergeWith(',
    'zip(',
    'cycle()',
    'def(',
  )
  const { expression } = fc.letrec<{ expression: string }>(tie => {
    const some = tie('expression')
    const method = fc.constantFrom(
      'select',
      'where',
      'sum',
      'len',
      'first',
      'toList',
      'groupBy',
      'join',
      'distinct',
      'orderBy',
      'flatten',
      'zip',
      'aggregate',
      'replace',
      'split',
      'format',
      'insert',
      'slice',
      'repeat',
      'cycle',
      'take',
      'toDict',
      'mergeWith',
      'toSet',
      'union',
      'search',
      'searchAll',
      'replaceBy',
      'substring',
      'indexOf',
      'unpack',
      'get',
      'set',
      'accumulate',
    )
    const name = fc.constantFrom(
      'list',
      'dict',
      'set',
      'range',
      'int',
      'float',
      'str',
      'max',
      'pow',
      'round',
      'regex',
      'sequence',
      'coalesce',
      'concat',
      'let',
      'escapeRegex',
      'shiftBitsLeft',
      'datetime',
      'timespan',
      'call',
    )
    return {
      expression: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(
          '$',
          '$.a',
          '$1',
          '1',
          '-3',
          '2.5',
          'null',
          'true',
          '"a.b"',
          'x',
          '[]',
          '{}',
          '[1, 2, 3]',
          '{a => [1]}',
        ),
        fc
          .tuple(some, method, fc.array(some, { maxLength: 3 }))
          .map(([it, f, args]) => `(${it}).${f}(${args.join(', ')})`),
        fc.tuple(name, fc.array(some, { maxLength: 3 })).map(([f, args]) => `${f}(${args.join(', ')})`),
        fc
          .tuple(some, fc.constantFrom('+', '-', '*', '/', 'mod', '=', '<', '>=', 'in', 'and', '=~', '->'), some)
          .map(([a, op, b]) => `(${a}) ${op} (${b})`),
        fc.array(some, { maxLength: 3 }).map(items => `[${items.join(', ')}]`),
        fc.tuple(some, some).map(([a, b]) => `{${a} => ${b}}`),
        fc.tuple(some, some).map(([a, b]) => `(${a})[${b}]`),
      ),
    }
  })
  const tried = (text: string, data: Json): void => {
    // Not by the clock on the wall: others may use the machine.
    const start = process.cpuUsage()
    try {
      JSON.stringify(run(text, data))
    } catch (error) {
      if (!(error instanceof YaqlError)) throw error
    }
    expect(process.cpuUsage(start).user / 1000, text).to.be.below(3000)
  }

  it('gives a value or a YaqlError, soon', function () {
    this.timeout(60_000)
    fc.assert(fc.property(fc.string(), anything, tried), { numRuns: 500 })
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 12 }).map(words => words.join('')),
        anything,
        tried,
      ),
      { numRuns: 2000 },
    )
    fc.assert(fc.property(expression, anything, tried), { numRuns: 4000 })
  })

  it('gives the same each time', () => {
    fc.assert(
      fc.property(expression, anything, (text, data) => {
        const once = (): Json => {
          try {
            return [run(text, data)]
          } catch (error) {
            return (error as Error).message
          }
        }
        expect(once()).to.deep.equal(once())
      }),
      { numRuns: 300 },
    )
  })
})
