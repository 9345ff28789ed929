import * as errors from '../errors.js'
import type { Json } from '../plugin/json.js'
import { Unknown } from '../plugin/schema.js'
import { type Expression, join, ListExpression, Literal, MapExpression } from './expression.js'
import { Call } from './functions/call.js'
import type { FunctionKind } from './functions/kinds.js'
import type { Site, Surroundings } from './functions/rule.js'

/** Recognises the functions in parts of one template. */
export class Parser {
  constructor(private readonly around: Surroundings) {}

  /**
   * @param path where the part stands, e.g. `resources.web.properties`.
   * @throws HearthError StackValidationFailed with the path of a function whose arguments have a wrong shape.
   */
  parse(value: Json, path: string, where: 'data' | 'condition' = 'data'): Expression {
    if (typeof value !== 'object' || value === null || Unknown.is(value)) return new Literal(value)
    if (Array.isArray(value)) {
      const items = value.map((item, index) => this.parse(item, `${path}[${index}]`, where))
      return items.every(item => item instanceof Literal) ? new Literal(value) : new ListExpression(items)
    }
    const keys = Object.keys(value)
    const [name] = keys
    const kind = keys.length === 1 && name !== undefined ? this.around.version.functions(where).get(name) : undefined
    if (kind !== undefined && name !== undefined) {
      const found = this.call(kind, name, value[name] ?? null, join(path, name), where)
      if (found !== undefined) return found
    }
    let literal = true
    const entries = new Map<string, Expression>()
    for (const key of keys) {
      const entry = this.parse(value[key] ?? null, join(path, key), where)
      if (!(entry instanceof Literal)) literal = false
      entries.set(key, entry)
    }
    return literal ? new Literal(value) : new MapExpression(entries)
  }

  private call(
    kind: FunctionKind,
    name: string,
    args: Json,
    path: string,
    where: 'data' | 'condition',
  ): Expression | undefined {
    const site = { name, around: this.around }
    try {
      switch (kind.kind) {
        case 'invalid':
          throw errors.valueError(kind.message)
        case 'later':
          if (this.looksLikeUse(kind.of, site, args, path, where)) throw errors.valueError(kind.message)
          return undefined
        case 'macro':
          return kind.macro.expand(args, site, {
            data: part => this.parse(part, path),
            condition: part => this.parse(part, `${path}[0]`, 'condition'),
          })
        case 'rule': {
          const parsed = this.parse(args, path, where)
          kind.rule.shape?.(parsed, site)
          return new Call(kind.rule, parsed, site)
        }
      }
    } catch (error) {
      throw errors.HearthError.is(error) && error.type === 'ValueError'
        ? errors.stackValidationFailed({ path, message: error.message })
        : error
    }
  }

  /** A name of later versions may be a key of data in older ones. */
  private looksLikeUse(kind: FunctionKind, site: Site, args: Json, path: string, where: 'data' | 'condition'): boolean {
    if (kind.kind !== 'rule' || kind.rule.shape === undefined) return Array.isArray(args) && args.length > 1
    try {
      kind.rule.shape(this.parse(args, path, where), site)
      return true
    } catch {
      return false
    }
  }
}
