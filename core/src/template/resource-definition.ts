import * as errors from '../errors.js'
import type { Json, JsonMap } from '../plugin/json.js'
import { type MaybeUnknown, Unknown } from '../plugin/schema.js'
import type { TemplateWords } from '../plugin/template-format.js'
import type { NamedConstraints } from '../resource/named-constraints.js'
import { type Enabled, enabledBy } from './conditions.js'
import {
  type Checks,
  checkSize,
  entriesOf,
  type Expression,
  join,
  Literal,
  omitted,
  type Reference,
  type Scope,
  unknownScope,
  valueOf,
} from './expression.js'
import type { Facade } from './facade.js'
import type { Room } from './functions/room.js'
import type { Surroundings } from './functions/rule.js'
import { isMap, own, put } from './maps.js'
import type { Parser } from './parser.js'
import { str, typeOf } from './python.js'
import { laterHint } from './formats/since.js'
import { didYouMean } from './suggest.js'
import type { Version } from './formats/version.js'

/** What the column of Heat's table holds; and a name must stand in a path of the API. */
const longestName = 255

const policies = ['Delete', 'Retain', 'Snapshot'] as const
export type DeletionPolicy = (typeof policies)[number]

/** Keys that only later versions of HOT have. */
const laterKeys = ['condition', 'external_id']

type Field = keyof TemplateWords['resource']

/** One resource as a template wants it. Immutable; pure. */
export class ResourceDefinition {
  readonly name: string
  readonly type: string
  readonly description: string
  readonly deletionPolicy: DeletionPolicy
  /** The physical id of a resource that exists outside of the stack: it is neither made, changed nor deleted. */
  readonly externalId: string | null
  /** As written. */
  readonly dependsOn: readonly string[]
  /** False: the resource is not part of the stack. */
  readonly enabled: Enabled
  /** Every reference in properties, metadata and update policy, with its place as Heat names it: `web.Properties.size`. */
  readonly references: readonly Reference[]
  private readonly properties: ReadonlyMap<string, Expression>
  private readonly metadata: Expression
  private readonly updatePolicy: Expression
  private readonly room: Room
  private readonly words: TemplateWords
  /** Whom to ask of values of its properties. */
  readonly constraints: NamedConstraints

  /** @throws HearthError for a field of a wrong shape, a malformed function, or a part that Hearth does not have. */
  constructor(name: string, snippet: JsonMap, parser: Parser, around: Surroundings) {
    const { words } = around.version
    const word = (field: Field): string => words.resource[field] ?? field
    const field = new Fields(name, snippet)
    this.name = name
    this.words = words
    const at = (one: Field): string => this.pathOf(one)
    this.room = around.room
    this.constraints = around.language.constraints
    this.room.refill()
    this.type = field.type(word('type'))
    const properties = entriesOf(parser.parse(field.map(word('properties')), at('properties')))
    if (properties === undefined) throw field.wrong(word('properties'), 'object')
    this.metadata = parser.parse(field.map(word('metadata')), at('metadata'))
    this.dependsOn = field.names(word('dependsOn'))
    const policy = deletionPolicy(own(snippet, word('deletionPolicy')), at('deletionPolicy'), parser, around.version)
    const external = words.resource.externalId === undefined ? null : (own(snippet, words.resource.externalId) ?? null)
    this.externalId = field.id(parser.parse(external, at('externalId')))
    this.deletionPolicy = this.externalId === null ? policy : 'Retain'
    this.updatePolicy = parser.parse(field.map(word('updatePolicy')), at('updatePolicy'))
    this.description = field.text(word('description')) ?? ''
    this.properties = properties
    const { condition } = words.resource
    this.enabled =
      condition === undefined ||
      !Object.hasOwn(snippet, condition) ||
      this.wanted(snippet[condition] ?? null, condition, parser, around, field)
    this.references = this.enabled !== false && this.externalId === null ? this.findReferences() : []
  }

  /** Where one of its fields stands in the template. */
  pathOf(field: Field): string {
    return `${this.words.sections.resources}.${this.name}.${this.words.resource[field] ?? field}`
  }

  /** Resources that this one needs, by name: those it depends on and those it refers to. */
  requires: readonly string[] = []

  /** Attributes it reads; undefined: all of a resource. */
  get reads(): readonly { readonly resource: string; readonly attribute: string | undefined }[] {
    return this.references.flatMap(({ resource, attribute }) => (attribute === '' ? [] : [{ resource, attribute }]))
  }

  /**
   * Properties as given, functions resolved, before they are converted to the type's schema.
   * @param at how an error names the properties; absent: the path into the template.
   * @throws HearthError `Property error: <at>.<property>: …`
   */
  resolveProperties(scope: Scope, at = this.pathOf('properties')): Record<string, MaybeUnknown> {
    this.room.refill()
    const values: Record<string, MaybeUnknown> = {}
    for (const [name, expression] of this.properties) {
      try {
        const value = expression.resolve(scope)
        if (value === omitted) continue
        checkSize(expression, value, this.room)
        put(values, name, value)
      } catch (error) {
        if (!errors.HearthError.is(error)) throw error
        throw errors.stackValidationFailed({ error: 'Property error', path: `${at}.${name}`, message: error.message })
      }
    }
    return values
  }

  /** @throws HearthError */
  resolveMetadata(scope: Scope): MaybeUnknown {
    return this.resolve(this.metadata, scope)
  }

  /** How it is to be updated, as given. @throws HearthError */
  resolveUpdatePolicy(scope: Scope): MaybeUnknown {
    return this.resolve(this.updatePolicy, scope)
  }

  /** What the stack inside is told of it. @throws HearthError */
  facade(scope: Scope): Facade {
    return {
      metadata: this.resolveMetadata(scope),
      deletion_policy: this.deletionPolicy,
      update_policy: this.resolveUpdatePolicy(scope),
    }
  }

  /** The names that its properties have in the template. */
  get propertyNames(): Iterable<string> {
    return this.properties.keys()
  }

  /** Checks of functions that need no value. @throws HearthError with the path of the function. */
  check(checks: Checks): void {
    this.room.refill()
    for (const [name, expression] of this.properties) expression.check(join(this.pathOf('properties'), name), checks)
    this.metadata.check(this.pathOf('metadata'), checks)
    this.updatePolicy.check(this.pathOf('updatePolicy'), checks)
  }

  private resolve(expression: Expression, scope: Scope): MaybeUnknown {
    this.room.refill()
    const value = valueOf(expression, scope)
    checkSize(expression, value, this.room)
    return value
  }

  private wanted(condition: Json, word: string, parser: Parser, around: Surroundings, field: Fields): Enabled {
    const isFunction = isMap(condition)
    if (typeof condition !== 'string' && typeof condition !== 'boolean' && !isFunction) {
      throw field.wrong(word, 'string_or_boolean')
    }
    const path = this.pathOf('condition')
    const expression = parser.parse(condition, path, 'condition')
    if (isFunction && expression instanceof Literal) throw field.wrong(word, 'string_or_boolean')
    return enabledBy(expression, around, path)
  }

  private findReferences(): Reference[] {
    this.room.refill()
    const found: Reference[] = []
    const add = (reference: Reference): void => {
      found.push(reference)
    }
    for (const [name, expression] of this.properties) expression.references(join(`${this.name}.Properties`, name), add)
    this.metadata.references(`${this.name}.Metadata`, add)
    this.updatePolicy.references(`${this.name}.UpdatePolicy`, add)
    return found
  }
}

/** The section's shape, before anything in it is parsed. @throws HearthError StackValidationFailed */
export function checkResourceKeys(name: string, snippet: Json, version: Version): JsonMap {
  const { words } = version
  const wrong = (message: string): Error => errors.stackValidationFailed({ message })
  const missing = words.lenient ? 'Each Resource must contain a Type key.' : 'Each resource must contain a type key.'
  if (snippet === null) throw wrong(missing)
  if (!isMap(snippet)) throw wrong(`${words.resourcesMap} Found a [${typeOf(snippet)}] instead`)
  const keys: readonly (string | undefined)[] = Object.values(words.resource)
  for (const key of words.lenient ? [] : Object.keys(snippet)) {
    if (keys.includes(key)) continue
    throw wrong(
      laterKeys.includes(key)
        ? `Invalid keyword(s) inside a resource definition: ${key}${laterHint(version, '2016-10-14')}`
        : `"${key}" is not a valid keyword inside a resource definition${didYouMean(key, keys)}`,
    )
  }
  if (!Object.hasOwn(snippet, words.resource.type)) throw wrong(missing)
  if (name.includes('/')) throw wrong('Resource name may not contain "/"')
  if (name === '' || name === '.' || name === '..' || name.length > longestName) {
    throw wrong(
      `Resource name ${JSON.stringify(name.slice(0, 40))} is not allowed; expected 1 to ${longestName} characters, not "." or ".."`,
    )
  }
  return snippet
}

/** Reads the fields of one resource. */
class Fields {
  constructor(
    private readonly resource: string,
    private readonly snippet: JsonMap,
  ) {}

  wrong(field: string, expected: string): Error {
    return errors.stackValidationFailed({ message: `Resource ${this.resource} ${field} type must be ${expected}` })
  }

  type(word: string): string {
    const type = own(this.snippet, word) ?? ''
    if (type === '') throw errors.stackValidationFailed({ message: 'Each Resource must contain a Type key.' })
    if (typeof type !== 'string') throw this.wrong(word, 'string')
    return type
  }

  map(field: string): JsonMap {
    const value = Object.hasOwn(this.snippet, field) ? this.snippet[field] : {}
    // What is not known yet will be checked once it is.
    if (!isMap(value) && !Unknown.is(value)) throw this.wrong(field, 'object')
    return value as JsonMap
  }

  text(field: string): string | undefined {
    if (!Object.hasOwn(this.snippet, field)) return undefined
    const value = this.snippet[field]
    if (typeof value !== 'string') throw this.wrong(field, 'string')
    return value
  }

  /** Null: it has none. */
  id(given: Expression): string | null {
    const value = valueOf(given, unknownScope)
    if (value === null) return null
    if (typeof value === 'string' && value !== '') return value
    throw this.wrong('external_id', 'string')
  }

  names(field: string): string[] {
    const value = Object.hasOwn(this.snippet, field) ? this.snippet[field] : []
    if (typeof value === 'string') return [value]
    if (!Array.isArray(value)) throw this.wrong(field, 'list or string')
    if (value.every(item => typeof item === 'string')) return value
    throw errors.stackValidationFailed({ message: `Resource ${this.resource} ${field} must be a list of strings` })
  }
}

function deletionPolicy(given: Json | undefined, path: string, parser: Parser, version: Version): DeletionPolicy {
  if (given === undefined) return 'Delete'
  const value = valueOf(parser.parse(given, path), unknownScope)
  // It is that of a resource around, which there is none of yet.
  if (Unknown.is(value)) return 'Delete'
  const lower = version.since('2016-10-14')
  for (const policy of policies) {
    if (value === policy || (lower && value === policy.toLowerCase())) return policy
  }
  const later = !lower && policies.some(policy => value === policy.toLowerCase())
  const hint = later ? laterHint(version, '2016-10-14') : ''
  throw errors.stackValidationFailed({ message: `Invalid deletion policy "${str(value)}"${hint}` })
}
