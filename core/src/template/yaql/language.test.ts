import { gives, people, refuses } from './kit.test.js'

describe('YAQL: literals and operators', () => {
  gives([
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
  ])
})

describe('YAQL: access to data', () => {
  gives([
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
  ])
})

describe('YAQL: names for values and functions', () => {
  gives([
    ['let(1, b => 2) -> $1 + $b', 3],
    ['let(a => 2) -> let(b => $a + 1) -> $a * $b', 6],
    ['with(1, 2) -> $1 + $2', 3],
    ['[1, 2].unpack(a, b) -> $a - $b', -1],
    ['[4, 5].unpack() -> $2', 5],
    ['def(twice, $ * 2) -> twice(twice(3))', 12],
    ['def(fac, switch($ <= 1 => 1, true => $ * fac($ - 1))) -> fac(10)', 3_628_800],
    ['[1].assert($.len() = 1)', [1]],
  ])
})

describe('YAQL: what is no expression, or asks for what is not there', () => {
  refuses([
    ['$.', 'Parse error: unexpected end of statement'],
    ['1 +* 2', "Parse error: unexpected '*' at position 3 of expression '1 +* 2'"],
    ['a # b', "Lexical error: illegal character '#' at position 2"],
    ['(1', 'Parse error: unexpected end of statement'],
    ['1e3', "Lexical error: illegal character '1' at position 0"],
    ['1.5e3', "Lexical error: illegal character '5' at position 2"],
    ['99999999999999999999', 'Parse error: the number 99999999999999999999 is too large'],
    ['$.a', "'a': there is no such key; the dict is empty", {}],
    ['$.a', "'a': there is no such key; expected 'b', 'c'", { b: 1, c: 2 }],
    ['nonsense(1)', 'Unknown function "nonsense"'],
    ['$.nonsense()', 'Unknown method "nonsense" for type list', []],
    ['len(1)', 'No function "len" matches supplied arguments'],
    ['1.toUpper()', 'No method "toUpper" for type number matches supplied arguments'],
    ['1 + "a"', 'No function "+" matches supplied arguments'],
    ['1 < "a"', 'No function "<" matches supplied arguments'],
    ['def(f, f($)) -> f(1)', 'Calls are nested more than 300 levels deep'],
    ['len(x => 1)', 'No function "len" matches supplied arguments'],
    ['$f(1)', "Parse error: unexpected '(' at position 2 of expression '$f(1)'"],
  ])
})
