import * as errors from '../errors.js'
import type { MissingAttribute } from '../plugin/children.js'
import type { Json } from '../plugin/json.js'
import { type MaybeUnknown, Unknown } from '../plugin/schema.js'
import { NotedSecrecy } from '../resource/secrets/secrecy.js'
import type { Room } from './functions/room.js'
import { measured } from './reading/limits.js'
import { isMap, put } from './values/maps.js'
import type { Attempt } from './problems.js'

/** Answers what only existing resources know. */
export interface Scope {
  /** Value of get_resource. */
  reference(name: string): MaybeUnknown
  /** Value of get_attr; all attributes if `attribute` is undefined. A step of `path` that fails gives null. */
  attribute(name: string, attribute: string | undefined, path: readonly Json[]): MaybeUnknown
  /** Told of each value that nobody is to see. Absent: nobody asks. */
  readonly secrecy?: Secrecy | undefined
  /** Told of what is wrong with each part by itself, for which nothing known stands then. Absent: the first thing is thrown. */
  readonly gathering?: Gathering | undefined
}

/** Where in the template a part stands that is being resolved, and who is told what is wrong with it. */
export interface Gathering {
  readonly path: string
  tell(path: string, error: errors.HearthError): void
}

/** Watches what values are made of, while they are resolved. */
export interface Secrecy {
  /** A value that was kept secret goes into what is being resolved. */
  note(): void
  /** Whether any was noted since this was asked the last time. */
  taken(): boolean
  /** Of content that may be secret: without the key it tells nobody anything. */
  digestOf(value: unknown): string
}

/** Whether anything secret was met, which is not forgotten by asking. */
export function metSecret({ secrecy }: Scope): boolean {
  const taken = secrecy?.taken() === true
  if (taken) secrecy?.note()
  return taken
}

/** Nothing is known of any resource. */
export const unknownScope: Scope = {
  reference: name => new Unknown(`${name} does not exist yet`, name),
  attribute: name => new Unknown(`${name} does not exist yet`),
}

/** The same, which knows whether anything secret has gone into what was resolved. */
export const watchedScope = (): Scope => ({ ...unknownScope, secrecy: new NotedSecrecy({ digestOf: () => '' }) })

/** Resolves what no resource is needed for. @throws what `work` throws, without values where any of them is secret */
export function resolvedEarly<Result>(work: (scope: Scope) => Result): Result {
  const scope = watchedScope()
  return errors.keepingSecret(
    () => metSecret(scope),
    () => work(scope),
  )
}

/** What an `if` without an else leaves: the list item, map entry or property around it vanishes. */
export const omitted = Symbol('omitted')
export type Resolved = MaybeUnknown | typeof omitted

/** A reference to a resource, found in an expression; `path` leads to the function that makes it. */
export interface Reference {
  readonly resource: string
  /** Undefined: all attributes; '': none, get_resource. */
  readonly attribute: string | undefined
  /** Into the attribute, as far as it is known before anything exists. Absent: nothing follows its name. */
  readonly within?: readonly MaybeUnknown[]
  readonly path: string
}

/** What static checks may ask about the stack. */
export interface Checks {
  /** Of all resources of the template. */
  readonly names: ReadonlySet<string>
  /** The name of the type that carries a resource out; undefined: there is none, or it is wrong. */
  typeOf(resource: string): string | undefined
  /** Undefined: there may be such an attribute. @param path into it, as far as it is known. */
  missing(resource: string, attribute: string, path: readonly MaybeUnknown[]): MissingAttribute | undefined
  /** What `Scope.attribute` will answer, as far as that is certain. */
  foreseen(resource: string, attribute: string | undefined): MaybeUnknown
  /** What is allowed and probably not meant. */
  doubt(path: string, message: string): void
  /** Does each check by itself. */
  readonly attempt: Attempt
}

/** A part of a template with the functions in it recognised. Immutable. */
export interface Expression {
  /** @throws HearthError without a path. */
  resolve(scope: Scope): Resolved
  references(path: string, found: (reference: Reference) => void): void
  /**
   * Checks that need no value, each by an attempt. @throws HearthError with a path that begins with `path`, unless all
   * are gathered.
   */
  check(path: string, checks: Checks): void
}

/** Data without functions. */
export class Literal implements Expression {
  constructor(readonly value: Json) {}
  resolve(): Resolved {
    return this.value
  }
  references(): void {}
  check(): void {}
}

export class ListExpression implements Expression {
  constructor(readonly items: readonly Expression[]) {}
  resolve(scope: Scope): Resolved {
    const list: MaybeUnknown[] = []
    for (const [index, item] of this.items.entries()) {
      const value = resolvePart(item, index, scope)
      if (value !== omitted) list.push(value)
    }
    return list
  }
  references(path: string, found: (reference: Reference) => void): void {
    this.items.forEach((item, index) => {
      item.references(`${path}[${index}]`, found)
    })
  }
  check(path: string, checks: Checks): void {
    this.items.forEach((item, index) => {
      item.check(`${path}[${index}]`, checks)
    })
  }
}

export class MapExpression implements Expression {
  constructor(readonly entries: ReadonlyMap<string, Expression>) {}
  resolve(scope: Scope): Resolved {
    const map: Record<string, MaybeUnknown> = {}
    for (const [key, entry] of this.entries) {
      const value = resolvePart(entry, key, scope)
      if (value !== omitted) put(map, key, value)
    }
    return map
  }
  references(path: string, found: (reference: Reference) => void): void {
    for (const [key, entry] of this.entries) entry.references(join(path, key), found)
  }
  check(path: string, checks: Checks): void {
    for (const [key, entry] of this.entries) entry.check(join(path, key), checks)
  }
}

/** What stands at a step inside of something. @throws HearthError unless all that is wrong is gathered. */
function resolvePart(part: Expression, step: string | number, scope: Scope): Resolved {
  const inside = inStep(scope, step)
  if (inside.gathering === undefined) return part.resolve(scope)
  const { path, tell } = inside.gathering
  try {
    return part.resolve(inside)
  } catch (error) {
    if (!errors.HearthError.is(error)) throw error
    tell(path, error)
    return new Unknown('it cannot be resolved')
  }
}

/** The scope of what stands at a step inside. */
export function inStep(scope: Scope, step: string | number): Scope {
  const { gathering } = scope
  if (gathering === undefined) return scope
  return { ...scope, gathering: { ...gathering, path: join(gathering.path, String(step)) } }
}

/** The value, null where nothing is left. */
export function valueOf(expression: Expression, scope: Scope): MaybeUnknown {
  const value = expression.resolve(scope)
  return value === omitted ? null : value
}

/**
 * A value may hold the same large part in many places; written out it must fit a row and an answer.
 * @throws HearthError
 */
export function checkSize(expression: Expression, value: MaybeUnknown, room: Room): void {
  if (expression instanceof Literal) return
  const { size, excess } = measured(value, { size: room.free, depth: deepestValue })
  if (excess !== undefined) throw errors.valueError(`The value is too large: ${excess}`)
  room.keep(size)
}

/** Levels of lists and maps in a resolved value. */
const deepestValue = 500

/** The items of a list that is written out, functions among them or not. */
export function itemsOf(expression: Expression): readonly Expression[] | undefined {
  if (expression instanceof ListExpression) return expression.items
  if (expression instanceof Literal && Array.isArray(expression.value))
    return expression.value.map(item => new Literal(item))
  return undefined
}

/** The entries of a map that is written out. */
export function entriesOf(expression: Expression): ReadonlyMap<string, Expression> | undefined {
  if (expression instanceof MapExpression) return expression.entries
  if (expression instanceof Literal && isMap(expression.value)) {
    return new Map(Object.entries(expression.value).map(([key, value]) => [key, new Literal(value)]))
  }
  return undefined
}

/** Steps of a path are joined by dots; a step that is all digits is written as an index. */
export function join(path: string, step: string): string {
  if (/^\d+$/.test(step)) return `${path}[${step}]`
  return path === '' ? step : `${path}.${step}`
}

/** Follows get_attr's path: map keys, list indexes, characters of text. Any step that fails gives null. */
export function follow(value: MaybeUnknown, path: readonly MaybeUnknown[]): MaybeUnknown {
  let current = value
  for (const step of path) {
    if (current === null || Unknown.is(current)) return current
    if (Unknown.is(step)) return step
    const next = stepInto(current, step)
    if (next === undefined) return null
    current = next
  }
  return current
}

/** One step; undefined if there is nothing. Negative indexes count from the end. */
export function stepInto(value: MaybeUnknown, step: MaybeUnknown): MaybeUnknown | undefined {
  if (typeof value === 'string' || Array.isArray(value)) {
    const index = typeof step === 'boolean' ? Number(step) : step
    if (typeof index !== 'number' || !Number.isInteger(index)) return undefined
    return typeof value === 'string' ? [...value].at(index) : value.at(index)
  }
  if (!isMap<MaybeUnknown>(value)) return undefined
  if (typeof step !== 'string' && typeof step !== 'number') return undefined
  return Object.hasOwn(value, String(step)) ? value[String(step)] : undefined
}
