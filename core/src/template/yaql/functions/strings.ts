import type { Budget } from '../budget.js'
import { YaqlError } from '../error.js'
import { bool, dict, integer, iterable, names, optional, rest, text, textOrNull, any, real } from '../parameters.js'
import { eitherOf, type FunctionSpec, functionOf, methodOf } from '../registry.js'
import { textOf } from '../text.js'
import type { Value } from '../values.js'
import { joined } from './arithmetic.js'
import { characterClasses } from './characters.js'
import { format } from './format.js'

/** Functions that make texts of texts. Positions and lengths count characters, not UTF-16 units. */
export const strings: readonly FunctionSpec[] = [
  eitherOf('len', [text('string')], ({ budget }, string) => characters(budget, string).length),
  functionOf('concat', [rest(text('args'))], ({ budget }, parts) => joined(budget, parts)),
  methodOf('toUpper', [text('string')], (_, string) => string.toUpperCase()),
  methodOf('toLower', [text('string')], (_, string) => string.toLowerCase()),
  methodOf('toCharArray', [text('string')], ({ budget }, string) => characters(budget, string)),
  methodOf('join', [iterable('sequence'), text('separator')], ({ budget }, parts, separator) =>
    join(budget, parts, separator),
  ),
  methodOf('join', [text('separator'), iterable('sequence')], ({ budget }, separator, parts) =>
    join(budget, parts, separator),
  ),
  methodOf('trim', [text('string'), optional(textOrNull('chars'), null)], ({ budget }, string, chars) =>
    trim(budget, string, chars, 'both'),
  ),
  methodOf('trimLeft', [text('string'), optional(textOrNull('chars'), null)], ({ budget }, string, chars) =>
    trim(budget, string, chars, 'left'),
  ),
  methodOf('trimRight', [text('string'), optional(textOrNull('chars'), null)], ({ budget }, string, chars) =>
    trim(budget, string, chars, 'right'),
  ),
  eitherOf('norm', [textOrNull('string'), optional(textOrNull('chars'), null)], ({ budget }, string, chars) =>
    string === null ? null : trim(budget, string, chars, 'both') || null,
  ),
  eitherOf(
    'isEmpty',
    [textOrNull('string'), optional(bool('trim'), true), optional(textOrNull('chars'), null)],
    ({ budget }, string, trimmed, chars) =>
      string === null || (trimmed ? trim(budget, string, chars, 'both') : string) === '',
  ),
  methodOf(
    'replace',
    [text('string'), text('old'), text('new'), optional(integer('count'), -1)],
    ({ budget }, string, old, replacement, count) => replace(budget, string, old, replacement, count),
  ),
  methodOf(
    'replace',
    [text('string'), dict('replacements'), optional(integer('count'), -1)],
    ({ budget }, string, replacements, count) => {
      let result = string
      for (const [old, replacement] of replacements.entries())
        result = replace(budget, result, textOf(old), textOf(replacement), count)
      return result
    },
  ),
  eitherOf('format', [text('string'), rest(any('args')), names('names')], ({ budget }, string, values, named) =>
    format(budget, string, values, named),
  ),
  methodOf(
    'substring',
    [text('string'), integer('start'), optional(integer('length'), -1)],
    ({ budget }, string, start, length) => {
      const all = characters(budget, string)
      const from = start < 0 ? start + all.length : start
      return all.slice(from, length < 0 ? undefined : Math.max(0, from + length)).join('')
    },
  ),
  functionOf('hex', [real('num')], (_, value) => {
    if (!Number.isInteger(value)) throw new YaqlError('hex() takes a whole number')
    return `${value < 0 ? '-' : ''}0x${Math.abs(value).toString(16)}`
  }),
  functionOf('characters', characterClasses.parameters, (_, ...chosen) => characterClasses.of(chosen)),
]

export function characters(budget: Budget, string: string): string[] {
  budget.checkSearch(string)
  return [...string]
}

function join(budget: Budget, parts: Iterable<Value>, separator: string): string {
  const texts = Array.from(parts, textOf)
  budget.checkText(texts.reduce((sum, part) => sum + part.length + separator.length, 0))
  return texts.join(separator)
}

function trim(budget: Budget, string: string, chars: string | null, side: 'both' | 'left' | 'right'): string {
  const all = characters(budget, string)
  const out = chars === null ? undefined : new Set(chars)
  const goes = (char: string | undefined): boolean =>
    char !== undefined && (out === undefined ? /^\s$/.test(char) : out.has(char))
  let start = 0
  let end = all.length
  if (side !== 'right') while (start < end && goes(all[start])) start++
  if (side !== 'left') while (end > start && goes(all[end - 1])) end--
  return all.slice(start, end).join('')
}

/** @param count of replacements at most; below zero: all. */
function replace(budget: Budget, string: string, old: string, replacement: string, count: number): string {
  budget.checkSearch(string)
  // Around an empty text stands everything: before, between and after all characters.
  const parts = old === '' ? ['', ...string, ''] : string.split(old)
  const times = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1)
  budget.checkText(string.length + times * replacement.length)
  const rest = parts.slice(times).join(old)
  return [...parts.slice(0, times), rest].join(replacement)
}
