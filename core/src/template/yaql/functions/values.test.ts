import { gives, refuses } from '../kit.test.js'

describe('YAQL: texts', () => {
  gives([
    ['"a,b,,c".split(",", 1)', ['a', 'b,,c']],
    ['" a  b c ".split()', ['a', 'b', 'c']],
    ['"a b  c".split(null, 1)', ['a', 'b  c']],
    ['"a,b,c".rightSplit(",", 1)', ['a,b', 'c']],
    ['[a, b].join("-")', 'a-b'],
    ['"-".join([a, b])', 'a-b'],
    ['[1, null, true, 1.5].join("-")', '1-null-true-1.5'],
    ['"{} {} {}".format(true, null, [1])', 'True None (1,)'],
    ['str([]) + str(set(1)) + str({a => [1, 2]})', "()frozenset({1}){'a': (1, 2)}"],
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
    ['str(null) + str(true) + str(1) + str(float(2)) + str([1, "a"])', "nulltrue12.0(1, 'a')"],
    ['characters(octdigits => true).len()', 8],
    ['hex(255)', '0xff'],
    ['concat(a, b)', 'ab'],
  ])
})

describe('YAQL: regular expressions', () => {
  gives([
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
  ])
})

describe('YAQL: numbers', () => {
  gives([
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
  ])
})

describe('YAQL: branches', () => {
  gives([
    ['switch(false => 1, 2 > 1 => 2)', 2],
    ['switch(false => 1)', null],
    ['selectCase(false, true)', 1],
    ['selectAllCases(true, false, true)', [0, 2]],
    ['examine(1, 0)', [true, false]],
    ['1.switchCase(a, b, c)', 'b'],
    ['9.switchCase(a, b, c)', 'c'],
    ['coalesce(null, $.b, 3)', 2, { b: 2 }],
  ])
})

describe('YAQL: values that are not as they must be', () => {
  refuses([
    ['1 / 0', 'division by zero'],
    ['regex("(a")', '"(a" is not a regular expression: missing closing ): `(a`'],
    ['regex("(?=a)")', '"(?=a)" is not a regular expression: invalid or unsupported Perl syntax: `(?=`'],
    ['int(abc)', "int() cannot read 'abc' as a number"],
  ])
})
