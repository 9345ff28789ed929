import type { Budget } from '../budget.js'
import { YaqlError } from '../error.js'
import { integer, optional, rest, text, textOrNull } from '../parameters.js'
import { type FunctionSpec, methodOf } from '../registry.js'
import { characters } from './strings.js'

const find =
  (last: boolean) =>
  ({ budget }: { readonly budget: Budget }, string: string, sub: string, start: number, length: number): number => {
    const all = characters(budget, string)
    const from = start < 0 ? Math.max(0, start + all.length) : start
    if (from > all.length) return -1
    const part = all.slice(from, length < 0 ? undefined : from + length).join('')
    const at = last ? part.lastIndexOf(sub) : part.indexOf(sub)
    return at < 0 ? -1 : from + [...part.slice(0, at)].length
  }

/** Where a text is found in a text, and what is between. */
export const textSearch: readonly FunctionSpec[] = [
  methodOf(
    'indexOf',
    [text('string'), text('sub'), optional(integer('start'), 0), optional(integer('length'), -1)],
    find(false),
  ),
  methodOf(
    'lastIndexOf',
    [text('string'), text('sub'), optional(integer('start'), 0), optional(integer('length'), -1)],
    find(true),
  ),
  methodOf('startsWith', [text('string'), rest(text('prefixes'))], (_, string, prefixes) =>
    prefixes.some(prefix => string.startsWith(prefix)),
  ),
  methodOf('endsWith', [text('string'), rest(text('suffixes'))], (_, string, suffixes) =>
    suffixes.some(suffix => string.endsWith(suffix)),
  ),
  methodOf(
    'split',
    [text('string'), optional(textOrNull('separator'), null), optional(integer('maxSplits'), -1)],
    ({ budget }, string, separator, most) => split(budget, string, separator, most),
  ),
  methodOf(
    'rightSplit',
    [text('string'), optional(textOrNull('separator'), null), optional(integer('maxSplits'), -1)],
    ({ budget }, string, separator, most) => rightSplit(budget, string, separator, most),
  ),
]

function split(budget: Budget, string: string, separator: string | null, most: number): string[] {
  budget.checkSearch(string)
  if (separator === null) return words(string, most)
  if (separator === '') throw new YaqlError('empty separator')
  const parts = string.split(separator)
  if (most < 0 || parts.length <= most + 1) return parts
  return [...parts.slice(0, most), parts.slice(most).join(separator)]
}

/** Without a separator, runs of white space are one; none stands at the ends. */
function words(string: string, most: number): string[] {
  const found: string[] = []
  const word = /\S+\s*/gy
  word.lastIndex = string.length - string.trimStart().length
  while (word.lastIndex < string.length) {
    if (most >= 0 && found.length === most) {
      found.push(string.slice(word.lastIndex))
      break
    }
    found.push((word.exec(string)?.[0] ?? '').trimEnd())
  }
  return found
}

function rightSplit(budget: Budget, string: string, separator: string | null, most: number): string[] {
  const backwards = (text: string): string => characters(budget, text).reverse().join('')
  return split(budget, backwards(string), separator === null ? null : backwards(separator), most)
    .map(backwards)
    .reverse()
}
