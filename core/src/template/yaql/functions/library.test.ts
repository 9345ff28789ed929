import { expect } from 'chai'
import { type Case, gives, refusal } from '../kit.test.js'
import { standardLibrary } from './index.js'
import { leftOut } from './left-out.js'

/** Each function of the standard library, in the modules and the order of its reference, with an example. */
const library: Readonly<Record<string, Readonly<Record<string, Case>>>> = {
  boolean: {
    bool: ['bool(1)', true],
    isBoolean: ['[isBoolean(false), isBoolean(0)]', [true, false]],
  },
  branching: {
    coalesce: ['coalesce(null, 1, 2)', 1],
    examine: ['examine("ab" > "abc", "ab" <= "abc", "ab" < "abc")', [false, true, true]],
    selectAllCases: ['selectAllCases("ab" > "abc", "ab" <= "abc", "ab" < "abc")', [1, 2]],
    selectCase: ['selectCase("ab" > "abc", "ab" >= "abc", "ab" < "abc")', 2],
    switch: ['switch("ab" > "abc" => 1, "ab" >= "abc" => 2, "ab" < "abc" => 3)', 3],
    switchCase: ['[1.switchCase(abc, 5 + 5, xyz), 5.switchCase(abc, xyz)]', [10, 'xyz']],
  },
  collections: {
    add: ['set(0, 1).add(1, 2)', [0, 1, 2]],
    contains: ['[[0, 1].contains(1), [0, 1].contains(3)]', [true, false]],
    containsKey: ['{a => 1, b => 2}.containsKey(a)', true],
    containsValue: ['{a => 1, b => 2}.containsValue(3)', false],
    delete: ['[[0, 1, 3, 4, 2].delete(2, 2), {a => 1, b => 2}.delete(a)]', [[0, 1, 2], { b: 2 }]],
    deleteAll: ['{a => 1, b => 2, c => 3}.deleteAll([a, c])', { b: 2 }],
    dict: ['[dict(a => 1), dict([[b, 2]])]', [{ a: 1 }, { b: 2 }]],
    difference: ['set(0, 1, 2).difference(set(0, 1))', [2]],
    flatten: ['[0, [1, [2]]].flatten()', [0, 1, 2]],
    get: ['[{a => 1}.get(a), {a => 1}.get(b, 9), {a => 1}.get(b)]', [1, 9, null]],
    insert: ['[0, 1, 3].insert(2, 2)', [0, 1, 2, 3]],
    insertMany: ['[0, 1, 3].insertMany(2, [2, 22])', [0, 1, 2, 22, 3]],
    intersect: ['set(0, 1, 2).intersect(set(0, 1))', [0, 1]],
    isDict: ['[isDict({a => 1}), isDict([1])]', [true, false]],
    isList: ['[isList([1]), isList({})]', [true, false]],
    isSet: ['[isSet(set(1)), isSet([1])]', [true, false]],
    items: ['{a => 1}.items()', [['a', 1]]],
    keys: ['{a => 1, b => 2}.keys()', ['a', 'b']],
    len: ['[len([1]), {a => 1}.len(), set(1, 2).len(), abc.len()]', [1, 1, 2, 3]],
    list: ['list(1, set(2), [3])', [1, [2], [3]]],
    remove: ['set(0, 1, 2).remove(1, 2)', [0]],
    replace: ['[0, 1, 3].replace(2, 2)', [0, 1, 2]],
    replaceMany: ['[0, 1, 3].replaceMany(1, [2, 3], 2)', [0, 2, 3]],
    set: ['[set(1, 1), {a => 1}.set(b, 2)]', [[1], { a: 1, b: 2 }]],
    symmetricDifference: ['set(0, 1).symmetricDifference(set(1, 2))', [0, 2]],
    toDict: ['[1, 2].toDict($, $ + 1)', { 1: 2, 2: 3 }],
    toList: ['range(2).toList()', [0, 1]],
    toSet: ['[1, 1].toSet()', [1]],
    union: ['set(0, 1).union(set(1, 2))', [0, 1, 2]],
    values: ['{a => 1, b => 2}.values()', [1, 2]],
  },
  datetime: {
    datetime: ['datetime(2015, 9, 29).year', 2015],
    format: ['datetime(2015, 9, 29).format("%d.%m.%Y")', '29.09.2015'],
    isDatetime: ['isDatetime(datetime(2010, 10, 10))', true],
    isTimespan: ['isTimespan(timespan())', true],
    replace: ['datetime(2015, 9, 29).replace(year => 2014).year', 2014],
    timespan: ['timespan(days => 1, hours => 2, minutes => 3).hours', 26.05],
    utctz: ['utctz().hours', 0],
  },
  math: {
    abs: ['abs(-2)', 2],
    bitwiseAnd: ['bitwiseAnd(6, 12)', 4],
    bitwiseNot: ['bitwiseNot(6)', -7],
    bitwiseOr: ['bitwiseOr(6, 12)', 14],
    bitwiseXor: ['bitwiseXor(6, 12)', 10],
    float: ['float("2.5")', 2.5],
    int: ['[int("2"), int(12.999), int(null)]', [2, 12, 0]],
    isInteger: ['[isInteger(1), isInteger(1.5), isInteger(true)]', [true, false, false]],
    isNumber: ['[isNumber(1.5), isNumber(a)]', [true, false]],
    max: ['max(8, 2)', 8],
    min: ['min(8, 2)', 2],
    pow: ['[pow(3, 2), pow(3, 2, 5)]', [9, 4]],
    round: ['[round(12.52), round(12.52, 1)]', [13, 12.5]],
    shiftBitsLeft: ['shiftBitsLeft(8, 2)', 32],
    shiftBitsRight: ['shiftBitsRight(8, 2)', 2],
    sign: ['[sign(2), sign(0), sign(-5)]', [1, 0, -1]],
  },
  queries: {
    accumulate: ['[1, 2, 3].accumulate($1 + $2, 10)', [10, 11, 13, 16]],
    aggregate: ['[a, a, b].aggregate($1 + $2)', 'aab'],
    all: ['[[1, 2].all($ > 0), [0].all()]', [true, false]],
    any: ['[[].any(), [1].any(), [1].any($ > 1)]', [false, true, false]],
    append: ['[1].append(2, 3)', [1, 2, 3]],
    concat: ['[1].concat([2], [3])', [1, 2, 3]],
    count: ['[1, 2].select($).count()', 2],
    cycle: ['[1, 2].cycle().take(5)', [1, 2, 1, 2, 1]],
    defaultIfEmpty: ['[[].defaultIfEmpty([1]), [2].defaultIfEmpty([1])]', [[1], [2]]],
    distinct: ['[1, 2, 1].distinct()', [1, 2]],
    enumerate: [
      '[a, b].enumerate(1)',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    filter: ['[1, 2].filter($ > 1)', [2]],
    first: ['[[3, 1].first(), [].first(7)]', [3, 7]],
    generate: ['generate(0, $ < 5, $ + 2)', [0, 2, 4]],
    generateMany: ["generateMany('1', {'1' => ['2', '3']}.get($, []))", ['1', '2', '3']],
    groupBy: [
      '[[a, 1], [b, 2], [c, 1]].groupBy($[1], $[0])',
      [
        [1, ['a', 'c']],
        [2, ['b']],
      ],
    ],
    indexOf: ['[1, 2, 3, 2].indexOf(2)', 1],
    indexWhere: ['[1, 2, 3, 2].indexWhere($ > 2)', 2],
    isIterable: ['[isIterable([]), isIterable(set()), isIterable(abc)]', [true, true, false]],
    join: ['[1, 2, 3].join([2, 5], $1 > $2, [$1, $2])', [[3, 2]]],
    last: ['[[1, 3].last(), [].last(7)]', [3, 7]],
    lastIndexOf: ['[1, 2, 3, 2].lastIndexOf(2)', 3],
    lastIndexWhere: ['[1, 2, 3, 2].lastIndexWhere($ = 2)', 3],
    limit: ['[1, 2, 3].limit(2)', [1, 2]],
    map: ['[1, 2].map($ * 2)', [2, 4]],
    max: ['[1, 3, 2].max(0)', 3],
    memorize: ['let([1, 2].select($).memorize()) -> $ + $', [1, 2, 1, 2]],
    mergeWith: ['{a => 1, b => {c => [1]}}.mergeWith({b => {c => [2]}, d => 3})', { a: 1, b: { c: [1, 2] }, d: 3 }],
    min: ['[1, 3, 2].min()', 1],
    orderBy: ['[[1, b], [0, a]].orderBy($[0]).select($[1])', ['a', 'b']],
    orderByDescending: ['[1, 3, 2].orderByDescending($)', [3, 2, 1]],
    range: [
      '[range(2), range(1, 3), range(4, 1, -1)]',
      [
        [0, 1],
        [1, 2],
        [4, 3, 2],
      ],
    ],
    reduce: ['[1, 2].reduce($1 + $2, 1)', 4],
    repeat: [
      '[1, 2].repeat(2)',
      [
        [1, 2],
        [1, 2],
      ],
    ],
    reverse: ['[1, 2].reverse()', [2, 1]],
    select: ['[1, 2].select($ + 1)', [2, 3]],
    selectMany: ['[0, 1, 2].selectMany(range($))', [0, 0, 1]],
    sequence: ['sequence(1, 2).take(3)', [1, 3, 5]],
    single: ['[7].single()', 7],
    skip: ['[1, 2, 3].skip(1)', [2, 3]],
    skipWhile: ['[1, 5, 1].skipWhile($ < 3)', [5, 1]],
    slice: ['range(5).slice(2)', [[0, 1], [2, 3], [4]]],
    sliceWhere: ['[1, 2, 3, 4, 5, 6].sliceWhere($ mod 3 = 0)', [[1, 2], [3], [4, 5], [6]]],
    splitAt: ['[1, 2, 3].splitAt(1)', [[1], [2, 3]]],
    splitWhere: [
      '[1, 2, 3, 4, 5].splitWhere($ mod 3 = 0)',
      [
        [1, 2],
        [4, 5],
      ],
    ],
    sum: ['[3, 1, 2].sum(1)', 7],
    take: ['[1, 2, 3].take(2)', [1, 2]],
    takeWhile: ['[1, 2, 3].takeWhile($ < 3)', [1, 2]],
    thenBy: ['[[2, b], [1, c], [1, a]].orderBy($[0]).thenBy($[1]).select($[1])', ['a', 'c', 'b']],
    thenByDescending: ['[[1, a], [1, c]].orderBy($[0]).thenByDescending($[1]).select($[1])', ['c', 'a']],
    where: ['[1, 2, 3].where($ > 1)', [2, 3]],
    zip: ['[1, 2].zip([3, 4], [5])', [[1, 3, 5]]],
    zipLongest: [
      '[1].zipLongest([2, 3], default => 0)',
      [
        [1, 2],
        [0, 3],
      ],
    ],
  },
  regex: {
    escapeRegex: ['escapeRegex("a.")', 'a\\.'],
    isRegex: ['[isRegex(regex("a")), isRegex("a")]', [true, false]],
    matches: ['["abc".matches("a.c"), regex("A.c").matches("abc")]', [true, false]],
    regex: ['regex("A.c", ignoreCase => true).matches("abc")', true],
    replace: ['regex("a.").replace("abcadc", "xx", count => 1)', 'xxcadc'],
    replaceBy: ['regex("a.c").replaceBy("abcadc", switch($.value = "abc" => xx, $.value = "adc" => yy))', 'xxyy'],
    search: ['regex("a.c").search("cabc", $.start)', 1],
    searchAll: ['regex("a.c").searchAll("abcadc")', ['abc', 'adc']],
    split: ['"abcadc".split(regex("a."))', ['', 'c', 'c']],
  },
  strings: {
    characters: ['characters(digits => true).join("").len()', 10],
    concat: ['concat("ab", "c")', 'abc'],
    endsWith: ['"abcd".endsWith("cd", "x")', true],
    format: ['"{0} and {x}".format(1, x => 2)', '1 and 2'],
    hex: ['hex(256)', '0x100'],
    indexOf: ['["cabcdab".indexOf("ab"), "cabcdab".indexOf("ab", 2)]', [1, 5]],
    isEmpty: ['[isEmpty(null), isEmpty(" "), isEmpty(abc)]', [true, true, false]],
    isString: ['[isString("ab"), isString(1)]', [true, false]],
    join: ['["|".join([a, b]), [a, b].join("|")]', ['a|b', 'a|b']],
    lastIndexOf: ['"cabcdab".lastIndexOf("ab")', 5],
    len: ['"abc".len()', 3],
    norm: ['[norm(" a "), norm(" ")]', ['a', null]],
    replace: ['["abc".replace(b, x), "abc".replace({a => x, c => y})]', ['axc', 'xby']],
    rightSplit: ['"a b c".rightSplit(" ", 1)', ['a b', 'c']],
    split: ['"abc de  f".split()', ['abc', 'de', 'f']],
    startsWith: ['"abcd".startsWith("ab", "x")', true],
    str: ['[str(true), str(null), str(1)]', ['true', 'null', '1']],
    substring: ['["abcd".substring(1), "abcd".substring(1, 2)]', ['bcd', 'bc']],
    toCharArray: ['"abc".toCharArray()', ['a', 'b', 'c']],
    toLower: ['"AB".toLower()', 'ab'],
    toUpper: ['"ab".toUpper()', 'AB'],
    trim: ['["  abc ".trim(), "aababa".trim("a")]', ['abc', 'bab']],
    trimLeft: ['"aababa".trimLeft("a")', 'baba'],
    trimRight: ['"aababa".trimRight("a")', 'aabab'],
  },
  system: {
    assert: ['12.assert($ < 20)', 12],
    call: ['call(let, [1, 2], {a => 3, b => 4}) -> $1 + $a + $2 + $b', 10],
    def: ['def(sq, $ * $) -> [1, 2, 3].select(sq($))', [1, 4, 9]],
    let: ['let(1, 2, a => 3, b => 4) -> $1 + $a + $2 + $b', 10],
    unpack: ['[1, 2].unpack(a, b) -> $a + $b', 3],
    with: ['with("ab", "cd") -> $1 + $2', 'abcd'],
  },
}

const names = new Set(Object.values(library).flatMap(module => Object.keys(module)))

describe("YAQL's standard library", () => {
  for (const [module, functions] of Object.entries(library)) {
    describe(module, () => {
      gives(Object.values(functions))
      it('has an example of each of its functions', () => {
        for (const [name, [expression]] of Object.entries(functions)) {
          expect(new RegExp(`\\b${name}\\(`).test(expression), name).to.equal(true)
        }
      })
    })
  }

  it('is here, and nothing else', () => {
    const here = standardLibrary
      .flat()
      .map(({ name }) => name)
      .filter(name => /^[a-z]\w+$/i.test(name))
    expect([...new Set(here)].filter(name => !operators.has(name)).sort()).to.deep.equal([...names].sort())
  })

  it('lacks a few functions, and says why', () => {
    expect([...leftOut.keys()]).to.deep.equal(['now', 'random', 'localtz', 'lambda'])
    for (const [name, reason] of leftOut) {
      expect(refusal(`${name}()`), name).to.equal(`Unknown function "${name}": ${reason}`)
    }
  })
})

/** Operators that are spelled as words, and their inner names. */
const operators = new Set(['mod', 'in', 'notx'])
