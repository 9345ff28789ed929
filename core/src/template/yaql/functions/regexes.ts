import { RE2JS } from 're2js'
import { forRe2 } from '../../../resource/properties/python-pattern.js'
import type { Budget } from '../budget.js'
import { YaqlError } from '../error.js'
import { bool, integer, lambda, type Lambda, maybe, optional, regex, text } from '../parameters.js'
import { type FunctionSpec, functionOf, methodOf } from '../registry.js'
import { Dict, Regex, type Value } from '../values.js'

/** Characters that a pattern may have. */
const longestPattern = 4096

/** Regular expressions, found anywhere in a text. Those of RE2: neither look-around nor back-references. */
export const regexes: readonly FunctionSpec[] = [
  functionOf(
    'regex',
    [
      text('pattern'),
      optional(bool('ignoreCase'), false),
      optional(bool('multiLine'), false),
      optional(bool('dotAll'), false),
    ],
    ({ budget }, pattern, ignoreCase, multiLine, dotAll) =>
      compile(
        budget,
        pattern,
        (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (multiLine ? RE2JS.MULTILINE : 0) | (dotAll ? RE2JS.DOTALL : 0),
      ),
  ),
  methodOf('matches', [regex('regexp'), text('string')], ({ budget }, regexp, string) => found(budget, regexp, string)),
  methodOf('matches', [text('string'), text('regexp')], ({ budget }, string, pattern) =>
    found(budget, compile(budget, pattern), string),
  ),
  functionOf('=~', [text('string'), regex('regexp')], ({ budget }, string, regexp) => found(budget, regexp, string)),
  functionOf('=~', [text('string'), text('pattern')], ({ budget }, string, pattern) =>
    found(budget, compile(budget, pattern), string),
  ),
  functionOf('!~', [text('string'), regex('regexp')], ({ budget }, string, regexp) => !found(budget, regexp, string)),
  functionOf(
    '!~',
    [text('string'), text('pattern')],
    ({ budget }, string, pattern) => !found(budget, compile(budget, pattern), string),
  ),
  methodOf(
    'search',
    [regex('regexp'), text('string'), maybe(lambda('selector'))],
    ({ budget }, regexp, string, selector) => {
      for (const match of matches(budget, regexp, string)) return selected(match, selector)
      return null
    },
  ),
  methodOf(
    'searchAll',
    [regex('regexp'), text('string'), maybe(lambda('selector'))],
    ({ budget }, regexp, string, selector) =>
      Array.from(matches(budget, regexp, string), match => selected(match, selector)),
  ),
  methodOf(
    'split',
    [regex('regexp'), text('string'), optional(integer('maxSplit'), 0)],
    ({ budget }, regexp, string, most) => split(budget, regexp, string, most),
  ),
  methodOf(
    'split',
    [text('string'), regex('regexp'), optional(integer('maxSplit'), 0)],
    ({ budget }, string, regexp, most) => split(budget, regexp, string, most),
  ),
  methodOf(
    'replace',
    [regex('regexp'), text('string'), text('repl'), optional(integer('count'), 0)],
    ({ budget }, regexp, string, template, most) =>
      replace(budget, regexp, string, match => expanded(template, match), most),
  ),
  methodOf(
    'replace',
    [text('string'), regex('regexp'), text('repl'), optional(integer('count'), 0)],
    ({ budget }, string, regexp, template, most) =>
      replace(budget, regexp, string, match => expanded(template, match), most),
  ),
  methodOf(
    'replaceBy',
    [regex('regexp'), text('string'), lambda('repl'), optional(integer('count'), 0)],
    ({ budget }, regexp, string, by, most) => replace(budget, regexp, string, match => made(match, by), most),
  ),
  methodOf(
    'replaceBy',
    [text('string'), regex('regexp'), lambda('repl'), optional(integer('count'), 0)],
    ({ budget }, string, regexp, by, most) => replace(budget, regexp, string, match => made(match, by), most),
  ),
  functionOf('escapeRegex', [text('string')], ({ budget }, string) => {
    budget.checkText(2 * string.length)
    return string.replace(/[^\p{L}\p{N}_]/gu, '\\$&')
  }),
]

function compile(budget: Budget, pattern: string, flags = 0): Regex {
  if (pattern.length > longestPattern) throw new YaqlError(`A pattern may have ${longestPattern} characters`)
  try {
    const translated = forRe2(pattern)
    budget.take(Math.max(pattern.length, translated.length >> 2))
    return new Regex(pattern, RE2JS.compile(translated, flags))
  } catch (error) {
    if (error instanceof YaqlError) throw error
    throw new YaqlError(
      `"${pattern.slice(0, 100)}" is not a regular expression: ${(error as Error).message.replace('error parsing regexp: ', '')}`,
    )
  }
}

/** A group that took no part has no value. */
interface Group {
  readonly value: string | null
  readonly start: number
  readonly end: number
}

interface Match extends Group {
  readonly value: string
  readonly groups: readonly Group[]
  readonly names: ReadonlyMap<string, number>
}

/** A character of text costs this many times more than one that is merely read. */
const matchingCost = 16

function found(budget: Budget, { compiled, source }: Regex, string: string): boolean {
  budget.take(Math.ceil((string.length * (matchingCost + source.length)) / 256))
  return compiled.matcher(string).find()
}

function* matches(budget: Budget, { compiled, source }: Regex, string: string): Generator<Match> {
  budget.take(Math.ceil((string.length * (matchingCost + source.length)) / 256))
  const matcher = compiled.matcher(string)
  const names = new Map<string, number>(Object.entries(compiled.namedGroups()))
  while (matcher.find()) {
    budget.take(1)
    const groups = Array.from({ length: matcher.groupCount() }, (_, index) => ({
      value: matcher.group(index + 1),
      start: matcher.start(index + 1),
      end: matcher.end(index + 1),
    }))
    yield { value: matcher.group() ?? '', start: matcher.start(), end: matcher.end(), groups, names }
  }
}

const record = ({ value, start, end }: Group): Value =>
  Dict.of([
    ['value', value],
    ['start', start],
    ['end', end],
  ])

/** `$` is the whole match, `$2` the first group, and groups with names have them. */
function variablesOf(match: Match): Map<string, Value> {
  const variables = new Map<string, Value>([['1', record(match)]])
  match.groups.forEach((group, index) => variables.set(String(index + 2), record(group)))
  for (const [name, number] of match.names) {
    const group = match.groups[number - 1]
    if (group !== undefined) variables.set(name, record(group))
  }
  return variables
}

const selected = (match: Match, selector: Lambda | undefined): Value =>
  selector === undefined ? match.value : selector.in(variablesOf(match))

function made(match: Match, by: Lambda): string {
  const value = by.in(variablesOf(match))
  if (typeof value !== 'string') throw new YaqlError('replaceBy() must be given an expression whose value is text')
  return value
}

/** `\1`, `\g<1>` and `\g<name>` stand for groups. */
const expanded = (template: string, match: Match): string =>
  template.replace(/\\(?:g<(\w+)>|(\d{1,2})|([^]))/g, (all, name?: string, number?: string, char?: string) => {
    if (char !== undefined) return char === '\\' ? '\\' : char === 'n' ? '\n' : char === 't' ? '\t' : all
    const index = Number(number ?? match.names.get(name ?? '') ?? name)
    if (index === 0) return match.value
    const group = match.groups[index - 1]
    if (group === undefined) throw new YaqlError(`replace(): the pattern has no group ${name ?? number}`)
    return group.value ?? ''
  })

/** @param most replacements; 0: all. */
function replace(budget: Budget, regexp: Regex, string: string, by: (match: Match) => string, most: number): string {
  const parts: string[] = []
  let length = 0
  let end = 0
  let count = 0
  const add = (part: string): void => {
    length += part.length
    budget.checkText(length)
    parts.push(part)
  }
  for (const match of matches(budget, regexp, string)) {
    add(string.slice(end, match.start))
    add(by(match))
    end = match.end
    if (++count === most) break
  }
  add(string.slice(end))
  return parts.join('')
}

/** Groups of the pattern stand between the parts, as in Python. @param most splits; 0: all. */
function split(budget: Budget, regexp: Regex, string: string, most: number): Value {
  const parts: Value[] = []
  let end = 0
  let count = 0
  for (const match of matches(budget, regexp, string)) {
    parts.push(string.slice(end, match.start), ...match.groups.map(({ value }) => value))
    end = match.end
    if (++count === most) break
  }
  return [...parts, string.slice(end)]
}
