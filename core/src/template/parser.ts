import * as errors from '../errors.js'
import type { Json } from '../plugin/json.js'
import { Unknown } from '../plugin/schema.js'
import { Float } from './values/float.js'
import { type Expression, join, ListExpression, Literal, MapExpression } from './expression.js'
import { Call } from './functions/call.js'
import { malformed, Unusable } from './functions/unusable.js'
import type { FunctionKind, FunctionTable } from './functions/kinds.js'
import type { Site, Surroundings } from './functions/rule.js'
import { Problems } from './problems.js'
import { didYouMean, suggestion } from './values/suggest.js'

const namesOf = (functions: FunctionTable): string[] =>
  [...functions].flatMap(([name, { kind }]) => (kind === 'invalid' ? [] : [name]))

function refuseFunction(name: string, path: string, functions: FunctionTable): never {
  const known = namesOf(functions)
  const message = `There is no function "${name}"; expected one of ${known.join(', ')}${didYouMean(name, known)}`
  throw errors.stackValidationFailed({ path, message })
}

/** Recognises the functions in parts of one template. */
export class Parser {
  private readonly nearest = new Map<string, string | undefined>()

  constructor(
    private readonly around: Surroundings,
    private readonly problems = new Problems(false),
    /** What the template holds was taken before: what is no function is data, as it was then. */
    private readonly stored = false,
  ) {}

  /**
   * @param path where the part stands, e.g. `resources.web.properties`.
   * @throws HearthError StackValidationFailed with the path of a function whose arguments have a wrong shape; where all
   *   that is wrong is gathered, nobody knows what stands in the place of the function.
   */
  parse(value: Json, path: string, where: 'data' | 'condition' = 'data'): Expression {
    if (typeof value !== 'object' || value === null || Float.is(value) || Unknown.is(value)) return new Literal(value)
    if (Array.isArray(value)) {
      const items = value.map((item, index) => this.parse(item, `${path}[${index}]`, where))
      return items.every(item => item instanceof Literal) ? new Literal(value) : new ListExpression(items)
    }
    const keys = Object.keys(value)
    const [name] = keys
    const functions = this.around.version.functions(where)
    const kind = keys.length === 1 && name !== undefined ? functions.get(name) : undefined
    if (kind !== undefined && name !== undefined) {
      const found = this.call(kind, name, value[name] ?? null, join(path, name), where)
      if (found !== undefined) return found
    }
    const prefix = this.stored ? undefined : this.around.version.functionPrefix
    if (kind === undefined && keys.length === 1 && prefix !== undefined && name?.startsWith(prefix) === true) {
      this.problems.attempt(path, () => refuseFunction(name, join(path, name), functions))
      return malformed
    }
    if (kind === undefined && keys.length === 1 && name !== undefined)
      this.doubt(name, value[name] ?? null, path, where)
    let literal = true
    const entries = new Map<string, Expression>()
    for (const key of keys) {
      const entry = this.parse(value[key] ?? null, join(path, key), where)
      if (!(entry instanceof Literal)) literal = false
      entries.set(key, entry)
    }
    return literal ? new Literal(value) : new MapExpression(entries)
  }

  /** A map of one key that is nearly a function's is data, as in Heat, and hardly meant to be. */
  private doubt(name: string, args: Json, path: string, where: 'data' | 'condition'): void {
    if (!this.problems.gathering) return
    const functions = this.around.version.functions(where)
    const meant = this.meant(name, where)
    const kind = meant === undefined ? undefined : functions.get(meant)
    if (meant === undefined || kind === undefined) return
    const like = meant.includes('_') || this.looksLikeUse(kind, { name: meant, around: this.around }, args, path, where)
    if (like) this.problems.doubt(join(path, name), `"${name}" is no function, so this is data; did you mean ${meant}?`)
  }

  /** Templates have the same keys many times. */
  private meant(name: string, where: 'data' | 'condition'): string | undefined {
    const key = `${where} ${name}`
    if (!this.nearest.has(key)) {
      this.nearest.set(key, suggestion(name, namesOf(this.around.version.functions(where))))
    }
    return this.nearest.get(key)
  }

  private call(
    kind: FunctionKind,
    name: string,
    args: Json,
    path: string,
    where: 'data' | 'condition',
  ): Expression | undefined {
    const site = { name, around: this.around }
    if (kind.kind === 'later' && !this.looksLikeUse(kind.of, site, args, path, where)) return undefined
    return this.problems.tried(path, () => this.called(kind, site, args, path, where), malformed).result
  }

  private called(kind: FunctionKind, site: Site, args: Json, path: string, where: 'data' | 'condition'): Expression {
    try {
      switch (kind.kind) {
        case 'invalid':
        case 'later':
          throw errors.valueError(kind.message)
        case 'macro':
          return kind.macro.expand(args, site, {
            data: part => this.parse(part, path),
            condition: part => this.parse(part, `${path}[0]`, 'condition'),
          })
        case 'rule': {
          const { result: parsed, sound } = this.problems.tried(path, () => this.parse(args, path, where), malformed)
          // What is wrong inside has been told; the shape that is left is not the user's.
          if (!sound) return new Unusable(site.name, parsed)
          kind.rule.shape?.(parsed, site)
          return new Call(kind.rule, parsed, site)
        }
      }
    } catch (error) {
      throw errors.HearthError.is(error) && error.type === 'ValueError'
        ? errors.stackValidationFailed({ path, message: error.told })
        : error
    }
  }

  /** A name of later versions may be a key of data in older ones. */
  private looksLikeUse(kind: FunctionKind, site: Site, args: Json, path: string, where: 'data' | 'condition'): boolean {
    if (kind.kind !== 'rule' || kind.rule.shape === undefined) return Array.isArray(args) && args.length > 1
    try {
      kind.rule.shape(new Parser(this.around).parse(args, path, where), site)
      return true
    } catch {
      return false
    }
  }
}
