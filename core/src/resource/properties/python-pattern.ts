/**
 * Patterns of Python's `re`, in the words of those who match them here. What Python has and they have not (`(?x)`, flags for a
 * part of a pattern, conditions on groups) is left as it is, and refused by them. What Python itself refuses is refused here.
 */

/** One piece of a pattern: an escape, one of the special characters, the beginning of a group, or any other character. */
const pieces =
  /\(\?#[^)]*\)|\(\?[aiLmsux]+\)|\(\?P?<?[=!:]?|\\(?:U[0-9A-Fa-f]{8}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[^])|\{\d*,?\d*\}|[^]/gu

/** Characters as Python has them of any script: what stands in a class, and in one of its own. */
const space = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const classes: Readonly<Record<string, string>> = { d: '\\p{Nd}', w: '\\p{L}\\p{N}_', s: space }

/** What stands in a class for all that such a class of its own has not, which cannot be said by what is. */
const others: Readonly<Record<string, () => string>> = {
  D: () => '\\P{Nd}',
  W: () => (notWords ??= rangesWithout(/[\p{L}\p{N}_]/u)),
  S: () => (notSpaces ??= rangesWithout(new RegExp(`[${space}]`, 'u'))),
}
let notWords: string | undefined
let notSpaces: string | undefined

/** U+0345, which is no letter: it has a small letter among its cases, and would take that along where case is ignored. */
const iota = 0x345
const lastCode = 0x10ffff
/** `\W` in classes of one pattern: each is hundreds of ranges. */
const mostNotWords = 100

/** All characters that are not such, as ranges. Looks at each of them, so it is made once. */
function rangesWithout(some: RegExp): string {
  const ranges: string[] = []
  let from: number | undefined
  for (let code = 0; code <= lastCode + 1; code++) {
    const isIn = code <= lastCode && code !== iota && !some.test(String.fromCodePoint(code))
    if (isIn) from ??= code
    else if (from !== undefined) {
      ranges.push(`${inHex(from)}-${inHex(code - 1)}`)
      from = undefined
    }
  }
  return ranges.join('')
}

/** As JavaScript spells it. */
const inHex = (code: number): string => `\\u{${code.toString(16)}}`

/** How a dialect spells what the others spell in another way. */
interface Dialect {
  /** The very end, and the beginning. */
  readonly end: string
  readonly start: string
  /** `$` and `.`; undefined: as they are. */
  readonly dollar?: string
  readonly dot?: string
  /** Ends of words of any script; undefined: it knows those of ASCII alone. */
  readonly boundary?: Readonly<Record<'b' | 'B', string>>
  readonly unicode: (code: string) => string
  /** Signs that mean themselves, which Python lets one escape, or leave as they are. */
  readonly sign: (sign: string) => string
  readonly bracket: (sign: string) => string
}

const re2: Dialect = {
  end: '\\z',
  start: '\\A',
  unicode: code => `\\x{${code}}`,
  // Others than those of ASCII it wants as they are.
  sign: sign => (sign < '\x80' ? `\\${sign}` : sign),
  bracket: sign => sign,
}

const word = `[${classes.w}]`
const boundary = {
  b: `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`,
  B: `(?:(?<=${word})(?=${word})|(?<!${word})(?!${word}))`,
} as const

const special = '^$\\.*+?()[]{}|/'
const javascript = (dotAll: boolean, multiline: boolean): Dialect => ({
  end: '(?![^])',
  start: '(?<![^])',
  dollar: multiline ? '(?=\\n|(?![^]))' : '(?=\\n?(?![^]))',
  dot: dotAll ? '[^]' : '[^\\n]',
  boundary,
  unicode: code => `\\u{${code}}`,
  sign: sign => (special.includes(sign) ? `\\${sign}` : sign),
  bracket: sign => `\\${sign}`,
})

/** The same for RE2, whose time grows with the text and no faster. */
export const forRe2 = (source: string): string => {
  const { flags, rest } = flagsOf(source)
  const known = flags.replace(/[aLu]/g, '')
  return (known === '' ? '' : `(?${known})`) + translated(rest, re2, flags.includes('a'))
}

/** The same for JavaScript, which has look-around and references to groups. */
export function forJavaScript(source: string): { readonly source: string; readonly flags: string } {
  const { flags, rest } = flagsOf(source)
  const multiline = flags.includes('m')
  const dialect = javascript(flags.includes('s'), multiline)
  const named = translated(rest, dialect, flags.includes('a')).replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
  // `^` is the only thing left that heeds it.
  return { source: named, flags: `${flags.includes('i') ? 'i' : ''}${multiline ? 'm' : ''}` }
}

/** Whether the ends of words are asked for, which only JavaScript's knows of any script. */
export const hasWordEnds = (source: string): boolean =>
  !flagsOf(source).flags.includes('a') && [...source.matchAll(pieces)].some(([piece]) => /^\\[bB]$/.test(piece))

/** Whether something stands behind `$`, which only JavaScript's takes for the place before a last line break. */
export const hasEarlyEnd = (source: string): boolean =>
  !flagsOf(source).flags.includes('m') && /\$(?!\)*$)/.test(source)

/** Flags that a pattern begins with. */
function flagsOf(source: string): { readonly flags: string; readonly rest: string } {
  const [all = '', flags = ''] = /^\(\?([aLimsu]+)\)/.exec(source) ?? []
  return { flags, rest: source.slice(all.length) }
}

function translated(source: string, dialect: Dialect, ascii: boolean): string {
  let text = ''
  let inside: 'no' | 'first' | 'yes' = 'no'
  // Where another class has just been in this one.
  let behindClass = false
  let seenNotWords = 0
  for (const { 0: piece, index } of source.matchAll(pieces)) {
    const isFirst = inside === 'first'
    if (isFirst && piece !== '^') inside = 'yes'
    const wasBehind = behindClass
    behindClass = inside !== 'no' && /^\\[dDsSwW]$/.test(piece)
    if (inside !== 'no' && piece === '\\W' && ++seenNotWords > mostNotWords) {
      throw new Error(`more than ${mostNotWords} times \\W in a class`)
    }
    if (piece.startsWith('\\')) text += escaped(piece.slice(1), dialect, inside !== 'no', ascii)
    else if (inside !== 'no') {
      if (wasBehind && piece === '-' && source[index + 1] !== ']') throw new Error('bad character range behind a class')
      if (piece === ']' && !isFirst) inside = 'no'
      text += piece === ']' && isFirst ? '\\]' : piece === '[' ? '\\[' : piece
    } else if (/^\(\?[aiLmsux]+\)$/.test(piece)) {
      throw new Error('flags other than a, i, L, m, s, u, or not at the beginning')
    } else if (piece === '[') {
      inside = 'first'
      text += piece
    } else if (piece.startsWith('(?#')) continue
    else if (piece === '(?P<') text += dialect === re2 ? piece : '(?<'
    else if (piece === '$') text += dialect.dollar ?? piece
    else if (piece === '.') text += dialect.dot ?? piece
    else if (/^\{,\d*\}$/.test(piece)) text += `{0${piece.slice(1)}`
    else if (/^\{\d+(,\d*)?\}$/.test(piece)) text += piece
    else if (/^[{}\]]/.test(piece)) text += piece.replace(/[{}\]]/g, dialect.bracket)
    else text += piece
  }
  return text
}

/** Letters of ASCII that mean something behind a backslash, outside of classes and inside. */
const known = { no: /^[AbBdDsSwWZafnrtvxuU]/, yes: /^[abdDsSwWfnrtvxuU]/ }

/** @param inside in a class. @throws Error for what Python does not know. */
function escaped(what: string, dialect: Dialect, inside: boolean, ascii: boolean): string {
  if (/^[A-Za-z]/.test(what) && !known[inside ? 'yes' : 'no'].test(what)) throw new Error(`bad escape \\${what}`)
  if (/^[Uux]$/.test(what)) throw new Error(`incomplete escape \\${what}`)
  if (what === 'Z') return dialect.end
  if (what === 'A') return dialect.start
  if (what === 'b' && inside) return '\\x08'
  if ((what === 'b' || what === 'B') && !ascii) return dialect.boundary?.[what] ?? `\\${what}`
  if (what === 'a') return '\\x07'
  if (/^[Uu]/.test(what)) return dialect.unicode(what.slice(1))
  const lower = what.toLowerCase()
  const members = ascii ? undefined : classes[lower]
  if (members !== undefined) {
    const spelled = (class_: string): string =>
      class_.replace(/\\u(?:([0-9a-f]{4})|\{([0-9a-f]+)\})/g, (_, four, any) => dialect.unicode(four ?? any))
    if (inside) return spelled(what === lower ? members : (others[what]?.() ?? ''))
    return `[${what === lower ? '' : '^'}${spelled(members)}]`
  }
  if (/^[A-Za-z0-9]/.test(what)) return `\\${what}`
  if (inside && what === '-') return '\\-'
  return dialect.sign(what)
}
