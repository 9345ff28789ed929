import { gives, people, refuses } from '../kit.test.js'

describe('YAQL: queries of collections', () => {
  gives([
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
    ['[[a, 1], [c, 1]].groupBy($[1], null, [$[0], $[1].len()])', [[1, 2]]],
    [
      '[[a, 1], [b, 2], [c, 1]].groupBy($[1], $[0], [$[0], $[1].join("")])',
      [
        [1, 'ac'],
        [2, 'b'],
      ],
    ],
    [
      '[[b, 2], [a, 1], [c, 1]].groupBy($[1], $[0], [$[0], $[1].join("")])',
      [
        [2, 'b'],
        [1, 'ac'],
      ],
    ],
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
  ])
})

describe('YAQL: lists, dicts and sets', () => {
  gives([
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
  ])
})

describe('YAQL: collections that are not as they must be', () => {
  refuses([
    ['[].sum()', 'sum() of empty sequence with no initial value'],
    ['[].first()', 'The collection is empty'],
    ['[1, 2].single()', 'Collection contains more than one item'],
    ['[1].assert(false, no)', 'no'],
    ['[1, 2].unpack(a)', 'Cannot unpack 2 elements into 1'],
    ['[1][2]', 'list index out of range'],
  ])
})
