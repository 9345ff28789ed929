import { YaqlError } from './error.js'
import { type Token, tokenize } from './lexer.js'
import type { Argument, Node } from './syntax.js'

/** How tightly operators bind; members, calls and indexes bind tightest of all. */
const arrow = 1
const binding: Readonly<Record<string, number>> = {
  '->': arrow,
  or: 2,
  and: 3,
  '>': 5,
  '<': 5,
  '>=': 5,
  '<=': 5,
  '!=': 5,
  '=': 5,
  in: 5,
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
  mod: 7,
  '=~': 8,
  '!~': 8,
}
const prefixes: Readonly<Record<string, number>> = { not: 4, '+': 9, '-': 9 }

const constants = new Map<string, null | boolean>([
  ['true', true],
  ['false', false],
  ['null', null],
])

/** Levels of operators, brackets and members that an expression may have. */
const deepest = 250

/** The tree of an expression. @throws YaqlError saying what is unexpected, and where. */
export function parseExpression(source: string): Node {
  return new Parser(source).whole()
}

class Parser {
  private readonly tokens: readonly Token[]
  private next = 0
  private depth = 0

  constructor(private readonly source: string) {
    this.tokens = tokenize(source)
  }

  whole(): Node {
    const node = this.expression(0)
    if (this.token.kind !== 'end') throw this.unexpected()
    return node
  }

  private get token(): Token {
    return this.tokens[Math.min(this.next, this.tokens.length - 1)] as Token
  }

  private expression(least: number): Node {
    this.deeper()
    let left = this.operand()
    let levels = 0
    for (;;) {
      const operator = this.operator()
      const strength = operator === undefined ? undefined : binding[operator]
      if (operator === undefined || strength === undefined || strength < least) break
      this.next++
      // Each operator of a chain is a level of the tree.
      levels++
      this.deeper()
      const right = this.expression(operator === '->' ? strength : strength + 1)
      left = { kind: 'binary', operator, left, right }
    }
    this.depth -= levels + 1
    return left
  }

  private deeper(): void {
    if (++this.depth > deepest)
      throw new YaqlError(`Parse error: more than ${deepest} levels of operators and brackets`)
  }

  private operator(): string | undefined {
    const { kind, text } = this.token
    return (kind === 'operator' || kind === 'keyword') && Object.hasOwn(binding, text) ? text : undefined
  }

  private operand(): Node {
    const { kind, text } = this.token
    if ((kind === 'operator' || kind === 'keyword') && Object.hasOwn(prefixes, text)) {
      this.next++
      return { kind: 'unary', operator: text, operand: this.expression(prefixes[text] as number) }
    }
    return this.tail(this.primary())
  }

  /** Members, methods and indexes after a value. */
  private tail(value: Node): Node {
    let node = value
    let levels = 0
    for (;;) {
      const safe = this.at('?.')
      if (safe || this.at('.')) {
        this.next++
        node = this.member(node, safe)
      } else if (this.at('[')) node = { kind: 'index', target: node, args: this.arguments('[', ']') }
      else break
      levels++
      this.deeper()
    }
    this.depth -= levels
    return node
  }

  private member(target: Node, safe: boolean): Node {
    const { kind, text: name } = this.token
    if (kind !== 'keyword') throw this.unexpected()
    this.next++
    return this.at('(')
      ? { kind: 'method', target, name, args: this.arguments('(', ')'), safe }
      : { kind: 'member', target, name, safe }
  }

  private primary(): Node {
    const { kind, text } = this.token
    if (this.at('(')) {
      this.next++
      const inner = this.expression(0)
      this.expect(')')
      return inner
    }
    if (this.at('[')) return { kind: 'list', items: this.arguments('[', ']') }
    if (this.at('{')) return { kind: 'map', items: this.arguments('{', '}') }
    if (kind === 'end' || kind === 'operator' || this.operator() !== undefined) throw this.unexpected()
    this.next++
    if (kind === 'number') return this.number(text)
    if (kind === 'variable') return { kind: 'variable', name: text }
    if (kind === 'keyword' && this.at('(')) return { kind: 'call', name: text, args: this.arguments('(', ')') }
    const known = kind === 'keyword' ? constants.get(text) : undefined
    return { kind: 'constant', value: known === undefined ? text : known }
  }

  private number(text: string): Node {
    const value = Number(text)
    const float = /[.eE]/.test(text)
    if (float ? Number.isFinite(value) : Number.isSafeInteger(value)) {
      return float ? { kind: 'constant', value, float } : { kind: 'constant', value }
    }
    throw new YaqlError(`Parse error: the number ${text} is too large`)
  }

  private arguments(open: string, close: string): Argument[] {
    this.expect(open)
    const found: Argument[] = []
    if (this.at(close)) {
      this.next++
      return found
    }
    for (;;) {
      const value = this.expression(0)
      if (this.at('=>')) {
        this.next++
        found.push({ source: value, value: this.expression(0) })
      } else found.push({ value })
      if (!this.at(',')) break
      this.next++
    }
    this.expect(close)
    return found
  }

  private at(operator: string): boolean {
    return this.token.kind === 'operator' && this.token.text === operator
  }

  private expect(operator: string): void {
    if (!this.at(operator)) throw this.unexpected()
    this.next++
  }

  private unexpected(): YaqlError {
    const { kind, text, position } = this.token
    if (kind === 'end') return new YaqlError('Parse error: unexpected end of statement')
    return new YaqlError(`Parse error: unexpected '${text}' at position ${position} of expression '${this.source}'`)
  }
}
