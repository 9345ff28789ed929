import { YaqlError } from './error.js'

export type TokenKind = 'number' | 'string' | 'keyword' | 'variable' | 'operator' | 'end'

export interface Token {
  readonly kind: TokenKind
  /** Of a string its value, of a variable its name without the dollar sign, else as written. */
  readonly text: string
  /** Characters before it. */
  readonly position: number
}

const blanks = /[ \t\r\n]*/y
const forms: readonly (readonly [TokenKind, RegExp])[] = [
  ['number', /\d+(?:\.\d+)?(?![\p{L}\p{N}_])/uy],
  ['variable', /\$[\p{L}\p{N}_]*/uy],
  ['keyword', /(?!__)[\p{L}_][\p{L}\p{N}_]*/uy],
  ['string', /'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"|`(?:[^`\\]|\\[^])*`/y],
  ['operator', /=>|->|\?\.|=~|!~|>=|<=|!=|[.+\-*/<>=()[\]{},]/y],
]

/** The words of an expression, with `end` as the last. @throws YaqlError at a character that begins none. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  let position = skip(source, 0)
  while (position < source.length) {
    const token = tokenAt(source, position)
    if (token === undefined) {
      const character = String.fromCodePoint(source.codePointAt(position) ?? 0)
      throw new YaqlError(`Lexical error: illegal character '${character}' at position ${position}`)
    }
    tokens.push({ ...token, text: valueOf(token) })
    position = skip(source, position + token.text.length)
  }
  tokens.push({ kind: 'end', text: '', position })
  return tokens
}

function skip(source: string, position: number): number {
  blanks.lastIndex = position
  blanks.exec(source)
  return blanks.lastIndex
}

function tokenAt(source: string, position: number): Token | undefined {
  for (const [kind, form] of forms) {
    form.lastIndex = position
    const text = form.exec(source)?.[0]
    if (text !== undefined) return { kind, text, position }
  }
  return undefined
}

function valueOf({ kind, text }: Token): string {
  if (kind === 'variable') return text.slice(1)
  if (kind !== 'string') return text
  const inner = text.slice(1, -1)
  // Between back-ticks everything stands for itself.
  return text.startsWith('`') ? inner.replaceAll('\\`', '`') : inner.replace(escapes, unescape)
}

const escapes = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([^]))/g
const named: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
  '\n': '',
}

/** An escape that means nothing stays as it is written. */
function unescape(all: string, byte?: string, unit?: string, char?: string): string {
  const code = byte ?? unit
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16))
  if (char === undefined) return all
  if (char === '\\' || char === "'" || char === '"') return char
  return Object.hasOwn(named, char) ? (named[char] ?? all) : all
}
