import { expect } from 'chai'
import fc from 'fast-check'
import { type Json, parse, YaqlError } from './index.js'

const limits = { iterators: 200, memory: 10_000 }
const run = (expression: string, data: Json = null): Json => parse(expression).evaluate(data, limits)

/** Expression, what it gives, and the data that `$` is. */
type Case = readonly [expression: string, value: Json, data?: Json]

function refusal(expression: string, data: Json = null): string {
  try {
    run(expression, data)
  } catch (error) {
    if (error instanceof YaqlError) return error.message
    throw error
  }
  return expect.fail(`${expression} was not refused`)
}

const people: Json = [
  { name: 'Ann', age: 34, tags: ['a', 'b'] },
  { name: 'Bob', age: 17, tags: [] },
  { name: 'Cid', age: 52, tags: ['b'] },
]

const families: Readonly<Record<string, readonly Case[]>> = {
  'literals and operators': [
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['7 / 2', 3],
    ['-7 / 2', -4],
    ['7.0 / 2', 3.5],
    ['float(7) / 2', 3.5],
    ['-7 mod 3', 2],
    ['1 < 2 and 2 < 3', true],
    ['not 1 > 2', true],
    ['not true or true', true],
    ['null < 1', true],
    ['null = null', true],
    ['1 = 1.0', true],
    ['1 = true', true],
    ['1 = "1"', false],
    ['[1, 2] = [1, 2]', true],
    ['{a => 1} = {a => 1}', true],
    ['"a" + "b"', 'ab'],
    ['"ab" * 3', 'ababab'],
    ['[1] * 2 + [2]', [1, 1, 2]],
    ['{a => 1} + {b => 2}', { a: 1, b: 2 }],
    ['"b" > "a"', true],
    ['"b" >= "b"', true],
    ['"b" in "abc"', true],
    ['2 in [1, 2]', true],
    ['word', 'word'],
    ["'it\\'s' + \"\\n\" + `raw\\n`", "it's\nraw\\n"],
    ['false or 5', 5],
    ['0 and nonsense(1)', 0],
    ['{1 => a, "b c" => [true, null]}', { 1: 'a', 'b c': [true, null] }],
  ],
  'access to data': [
    ['$', 5, 5],
    ['$.a.b', 1, { a: { b: 1 } }],
    ['$.a[0].b', 1, { a: [{ b: 1 }] }],
    ['$[-1]', 3, [1, 2, 3]],
    ['$["a"]', 1, { a: 1 }],
    ['$[x, 9]', 9, {}],
    ['$.name', ['Ann', 'Bob', 'Cid'], people],
    ['$?.a', null, null],
    ['$.a?.b.len()', 1, { a: { b: 'x' } }],
    ['$.get(a, 7)', 7, {}],
    ['$.constructor', 1, { constructor: 1 }],
    ['$.get(constructor)', null, {}],
    ['$unknown', null],
  ],
  names: [
    ['let(1, b => 2) -> $1 + $b', 3],
    ['let(a => 2) -> let(b => $a + 1) -> $a * $b', 6],
    ['with(1, 2) -> $1 + $2', 3],
    ['[1, 2].unpack(a, b) -> $a - $b', -1],
    ['[4, 5].unpack() -> $2', 5],
    ['def(twice, $ * 2) -> twice(twice(3))', 12],
    ['def(fac, switch($ <= 1 => 1, true => $ * fac($ - 1))) -> fac(10)', 3_628_800],
    ['[1].assert($.len() = 1)', [1]],
  ],
  queries: [
    ['$.where($.age > 18).name', ['Ann', 'Cid'], people],
    ['$.where($.age > 18).select($.name)', ['Ann', 'Cid'], people],
    ['$.select({n => $.name}).last()', { n: 'Cid' }, people],
    ['$.selectMany($.tags)', ['a', 'b', 'b'], people],
    ['$.tags.flatten().distinct()', ['a', 'b'], people],
    ['$.distinct($.tags.len() > 0).name', ['Ann', 'Bob'], people],
    ['$.skip(1).take(1).name', ['Bob'], people],
    ['[1, 2, 3, 1].takeWhile($ < 3)', [1, 2]],
    ['[1, 2, 3, 1].skipWhile($ < 3)', [3, 1]],
    ['[1].append(2, 3)', [1, 2, 3]],
    ['concat([1], [2, 3])', [1, 2, 3]],
    [
      '[a, b].enumerate(1)',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      '[1, 2].zip([3, 4, 5])',
      [
        [1, 3],
        [2, 4],
      ],
    ],
    [
      '[1, 2].zipLongest([3], default => 0)',
      [
        [1, 3],
        [2, 0],
      ],
    ],
    ['[1, 2].join([2, 3], $1 = $2, [$1, $2])', [[2, 2]]],
    ['[1, 2, 3].reverse()', [3, 2, 1]],
    ['[].defaultIfEmpty([1])', [1]],
    ['$.any($.age > 50)', true, people],
    ['[1, 0].all()', false],
    ['[].first(9)', 9],
    ['[1, 2].last()', 2],
    ['[3].single()', 3],
    ['[1, 2, 1].indexOf(1) + [1, 2, 1].lastIndexOf(1)', 2],
    ['[1, 2, 1].indexWhere($ > 1)', 1],
    ['[1, 2, 1].lastIndexWhere($ = 5)', -1],
    ['[1, 2, 3].sum() + [].sum(4)', 10],
    ['[3, 1, 2].max() - [3, 1, 2].min()', 2],
    ['[1, 2, 3].aggregate($1 * $2, 10)', 60],
    ['[1, 2, 3].reduce($1 + $2)', 6],
    ['[1, 2, 3].accumulate($1 + $2)', [1, 3, 6]],
    ['$.orderBy($.age).name', ['Bob', 'Ann', 'Cid'], people],
    ['$.orderByDescending($.tags.len()).thenBy($.name).name', ['Ann', 'Cid', 'Bob'], people],
    [
      '[[a, 1], [b, 2], [c, 1]].groupBy($[1], $[0])',
      [
        [1, ['a', 'c']],
        [2, ['b']],
      ],
    ],
    [
      '[[a, 1], [b, 2], [c, 1]].groupBy($[1], $[1], $.sum())',
      [
        [1, 2],
        [2, 2],
      ],
    ],
    ['[[a, 1], [c, 1]].groupBy($[1], null, [$[0], $[1].len()])', [[1, [['a', 1], 2]]]],
    ['range(5).slice(2)', [[0, 1], [2, 3], [4]]],
    ['[1, 0, 2, 3].splitWhere($ = 0)', [[1], [2, 3]]],
    ['[1, 1, 2].sliceWhere($)', [[1, 1], [2]]],
    ['[1, 2, 3].splitAt(1)', [[1], [2, 3]]],
    ['range(1, 7, 2)', [1, 3, 5]],
    ['sequence(5).take(2)', [5, 6]],
    ['[1, 2].cycle().take(3)', [1, 2, 1]],
    ['a.repeat(2)', ['a', 'a']],
    ['generate(1, $ < 20, $ * 3, -$)', [-1, -3, -9]],
    ['generate(1, true, 3 - $, decycle => true)', [1, 2]],
    ["generateMany('1', {'1' => ['2', '3'], '2' => ['4']}.get($, []))", ['1', '2', '3', '4']],
    ["generateMany('1', {'1' => ['2', '3'], '2' => ['4']}.get($, []), depthFirst => true)", ['1', '2', '4', '3']],
    ["generateMany('1', {'1' => ['2'], '2' => ['1']}.get($, []), $ + '!', decycle => true)", ['1!', '2!']],
    ["call('len', [[1, 2]])", 2],
    ['call(max, [3, 7])', 7],
    ['def(double, $ * 2) -> call(double, [4])', 8],
    ['[1, [2, 3]].len()', 2],
    ['[1, 2].where($ > 1).count()', 1],
  ],
  'lists, dicts and sets': [
    ['list(1, [2].select($))', [1, 2]],
    ['[1, 2, 3].delete(0, 2)', [3]],
    ['[1, 2, 3].replace(1, 9)', [1, 9, 3]],
    ['[1, 2, 3].replaceMany(0, [7, 8], 2)', [7, 8, 3]],
    ['[1, 3].insert(1, 2)', [1, 2, 3]],
    ['[1, 4].insertMany(1, [2, 3])', [1, 2, 3, 4]],
    ['dict(a => 1, b => 2).keys()', ['a', 'b']],
    ['dict([[a, 1]]).items()', [['a', 1]]],
    ['$.toDict($.name, $.age)', { Ann: 34, Bob: 17, Cid: 52 }, people],
    ['{a => 1}.values().toList()', [1]],
    ['{a => 1}.containsKey(a) and {a => 1}.containsValue(1)', true],
    ['{a => 1, b => 2}.delete(a)', { b: 2 }],
    ['{a => 1, b => 2}.deleteAll([a, b])', {}],
    ['{a => 1}.set(b, 2).set(c => 3).set({d => 4})', { a: 1, b: 2, c: 3, d: 4 }],
    ['{a => {x => [1]}}.mergeWith({a => {x => [1, 2], y => 3}})', { a: { x: [1, 2], y: 3 } }],
    ['{a => 1}.mergeWith({a => 2}, itemMerger => $1 + $2)', { a: 3 }],
    ['{a => 1}.len()', 1],
    ['set(1, 2, 1).len()', 2],
    ['[1, 2].toSet().union(set(3))', [1, 2, 3]],
    ['set(1, 2) - set(2)', [1]],
    ['set(1, 2).intersect(set(2, 3))', [2]],
    ['set(1, 2).symmetricDifference(set(2, 3))', [1, 3]],
    ['set(1) < set(1, 2)', true],
    ['set(1).add(2).remove(1)', [2]],
    ['isList([]) and isDict({}) and isSet(set()) and not isList(abc)', true],
  ],
  texts: [
    ['"a,b,,c".split(",", 1)', ['a', 'b,,c']],
    ['" a  b c ".split()', ['a', 'b', 'c']],
    ['"a b  c".split(null, 1)', ['a', 'b  c']],
    ['"a,b,c".rightSplit(",", 1)', ['a,b', 'c']],
    ['[a, b].join("-")', 'a-b'],
    ['"-".join([a, b])', 'a-b'],
    ['"  x ".trim() + "xxaxx".trimLeft(x) + "xa ".trimRight()', 'xaxxxa'],
    ['norm("  ")', null],
    ['isEmpty(" ") and not isEmpty(" ", trim => false)', true],
    ['"aaa".replace(a, b, 2)', 'bba'],
    ['"abc".replace({a => 1, b => true})', '1truec'],
    ['"{0} is {1:>4}, {n:.2f} {{}}".format(x, 7, n => 1.005)', 'x is    7, 1.00 {}'],
    ['"{:05d}|{:,}|{:x}|{:^5}|{:<3}|{:+}".format(42, 1234567, 255, ab, 1, 3)', '00042|1,234,567|ff| ab  |1  |+3'],
    ['"abcd".substring(1, 2) + "abcd".substring(-1)', 'bcd'],
    ['"abcab".indexOf(ab, 1)', 3],
    ['"abcab".lastIndexOf(ab)', 3],
    ['"abc".startsWith(x, a) and "abc".endsWith(c)', true],
    ['"aB".toUpper() + "aB".toLower()', 'ABab'],
    ['"😀a".len()', 2],
    ['"ab".toCharArray()', ['a', 'b']],
    ['str(null) + str(true) + str(1) + str(float(2)) + str([1, "a"])', "nulltrue12.0[1, 'a']"],
    ['characters(octdigits => true).len()', 8],
    ['hex(255)', '0xff'],
    ['concat(a, b)', 'ab'],
  ],
  'regular expressions': [
    ['"abc" =~ "b."', true],
    ['"abc" !~ regex("B")', true],
    ['regex("B", ignoreCase => true).matches(abc)', true],
    ['"abc".matches("^b")', false],
    ['regex("a.c").search(xabcabc)', 'abc'],
    ['regex("a.c").search(xabc, $)', { value: 'abc', start: 1, end: 4 }],
    ['regex("(?P<first>a)(x)?").search(ab, [$first.value, $3.value])', ['a', null]],
    ['regex("a.").searchAll(abcadc)', ['ab', 'ad']],
    ['regex("a.").split(abcadc)', ['', 'c', 'c']],
    ['"abcadc".split(regex("a."), maxSplit => 1)', ['', 'cadc']],
    ['"a-b".split(regex("(-)"))', ['a', '-', 'b']],
    ['"abcadc".replace(regex("a(.)"), "<\\\\1>")', '<b>c<d>c'],
    ['regex("a.").replace(abcadc, xx, 1)', 'xxcadc'],
    ['"abcadc".replaceBy(regex("a.c"), switch($.value = abc => xx, true => yy))', 'xxyy'],
    ['escapeRegex("a.b")', 'a\\.b'],
    ['isRegex(regex("a"))', true],
  ],
  numbers: [
    ['abs(-3) + sign(-2)', 2],
    ['round(2.5) + round(3.5)', 6],
    ['round(1.25, 1)', 1.2],
    ['round(1234, -2)', 1200],
    ['max(1, 2) * min(3, 4)', 6],
    ['pow(2, 10) + pow(2, -1)', 1024.5],
    ['pow(3, 4, 5)', 1],
    ['int("12") + int(3.9) + int(null) + int(true)', 16],
    ['float("1.5")', 1.5],
    ['bool("") or bool(0) or bool([])', false],
    ['bitwiseAnd(6, 3) + bitwiseOr(6, 3) * 10 + bitwiseXor(6, 3) * 100 + bitwiseNot(0)', 571],
    ['shiftBitsLeft(1, 40) + shiftBitsRight(5, 1)', 1_099_511_627_778],
    ['isInteger(1) and not isInteger(1.5) and isNumber(1.5) and not isNumber(true)', true],
  ],
  branches: [
    ['switch(false => 1, 2 > 1 => 2)', 2],
    ['switch(false => 1)', null],
    ['selectCase(false, true)', 1],
    ['selectAllCases(true, false, true)', [0, 2]],
    ['examine(1, 0)', [true, false]],
    ['1.switchCase(a, b, c)', 'b'],
    ['9.switchCase(a, b, c)', 'c'],
    ['coalesce(null, $.b, 3)', 2, { b: 2 }],
  ],
}

describe('YAQL', () => {
  for (const [family, cases] of Object.entries(families)) {
    describe(family, () => {
      for (const [expression, value, data] of cases) {
        it(`${expression} gives ${JSON.stringify(value)}`, () => expect(run(expression, data)).to.deep.equal(value))
      }
    })
  }

  const refusals: readonly (readonly [string, string, Json?])[] = [
    ['$.', 'Parse error: unexpected end of statement'],
    ['1 +* 2', "Parse error: unexpected '*' at position 3 of expression '1 +* 2'"],
    ['a # b', "Lexical error: illegal character '#' at position 2"],
    ['(1', 'Parse error: unexpected end of statement'],
    ['99999999999999999999', 'Parse error: the number 99999999999999999999 is too large'],
    ['$.a', "'a': there is no such key; the dict is empty", {}],
    ['$.a', "'a': there is no such key; expected 'b', 'c'", { b: 1, c: 2 }],
    ['nonsense(1)', 'Unknown function "nonsense"'],
    ['$.nonsense()', 'Unknown method "nonsense" for type list', []],
    ['len(1)', 'No function "len" matches supplied arguments'],
    ['1.toUpper()', 'No method "toUpper" for type number matches supplied arguments'],
    ['1 + "a"', 'No function "+" matches supplied arguments'],
    ['1 < "a"', 'No function "<" matches supplied arguments'],
    ['1 / 0', 'division by zero'],
    ['9007199254740991 + 1', 'The whole number is beyond ±9007199254740991'],
    ['sequence()', 'Collection length exceeds 200 elements'],
    ['range(201)', 'Collection length exceeds 200 elements'],
    ['range(300).where($ > 250)', 'Collection length exceeds 200 elements'],
    ['"a" * 10000', 'Expression consumed too much memory'],
    ['range(100).select("abcdefghij" * 100).join("")', 'Expression consumed too much memory'],
    ['"{:>999999999}".format(1)', 'Expression consumed too much memory'],
    ['regex("(a")', '"(a" is not a regular expression: missing closing ): `(a`'],
    ['regex("(?=a)")', '"(?=a)" is not a regular expression: invalid or unsupported Perl syntax: `(?=`'],
    ['[].sum()', 'sum() of empty sequence with no initial value'],
    ['[].first()', 'The collection is empty'],
    ['[1, 2].single()', 'Collection contains more than one item'],
    ['[1].assert(false, no)', 'no'],
    ['[1, 2].unpack(a)', 'Cannot unpack 2 elements into 1'],
    ['def(f, f($)) -> f(1)', 'Calls are nested more than 300 levels deep'],
    ['[1][2]', 'list index out of range'],
    ['int(abc)', "int() cannot read 'abc' as a number"],
    ['len(x => 1)', 'No function "len" matches supplied arguments'],
  ]
  for (const [expression, message, data] of refusals) {
    it(`refuses ${expression}`, () => expect(refusal(expression, data)).to.equal(message))
  }

  it('ends what would take too long', function () {
    this.timeout(60_000)
    // Not by the clock on the wall: others may use the machine.
    const start = process.cpuUsage()
    expect(refusal('range(200).select(range(200).select(range(200).select($ + 1).sum()).sum()).sum()')).to.contain(
      'steps',
    )
    expect(
      refusal(
        '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" =~ "(a*)*b" or range(200).select(range(200).select("a" =~ "(a|a)*$").len()).sum()',
      ),
    ).to.be.a('string')
    expect(process.cpuUsage(start).user / 1000).to.be.below(5000)
  })

  it('is not confused by deep expressions', () => {
    expect(refusal(`${'('.repeat(10_000)}1${')'.repeat(10_000)}`)).to.contain('levels')
    expect(refusal(Array.from({ length: 10_000 }, () => '1').join(' + '))).to.contain('levels')
    expect(refusal(`$${'.a'.repeat(10_000)}`)).to.contain('levels')
    expect(refusal(`${'not '.repeat(10_000)}1`)).to.contain('levels')
    expect(refusal('range(150).aggregate([$1, $2])')).to.contain('levels')
  })

  describe('whatever is written', () => {
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
      const start = performance.now()
      try {
        JSON.stringify(run(text, data))
      } catch (error) {
        if (!(error instanceof YaqlError)) throw error
      }
      expect(performance.now() - start, text).to.be.below(3000)
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
})
