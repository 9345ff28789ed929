import * as errors from '../../errors.js'
import type { JsonMap } from '../../plugin/json.js'
import { type MaybeUnknown, Unknown } from '../../plugin/schema.js'
import type { TemplateWords } from '../../plugin/template-format.js'
import type { NamedConstraints } from '../../resource/properties/named-constraints.js'
import type { Enabled } from '../conditions.js'
import {
  type Checks,
  checkSize,
  entriesOf,
  type Expression,
  join,
  Literal,
  metSecret,
  omitted,
  type Reference,
  type Resolved,
  type Scope,
  resolvedEarly,
  valueOf,
} from '../expression.js'
import type { Facade } from '../inside/facade.js'
import { plainNumbers } from '../values/float.js'
import type { Room } from '../functions/room.js'
import type { Surroundings } from '../functions/rule.js'
import { own, put } from '../values/maps.js'
import type { Parser } from '../parser.js'
import { type Attempt, placed, type Problems } from '../problems.js'
import { str } from '../values/python.js'
import { enabledIn } from './resource-condition.js'
import { type DeletionPolicy, deletionPolicyOf, ResourceFields } from './resource-fields.js'

type Field = keyof TemplateWords['resource']

/** One resource as a template wants it. Immutable; pure. */
export class ResourceDefinition {
  readonly name: string
  readonly type: string
  readonly description: string
  readonly deletionPolicy: DeletionPolicy
  /** The physical id of a resource that exists outside of the stack: it is neither made, changed nor deleted. */
  readonly externalId: string | null
  /** False: its value need not be there yet. */
  readonly knowsExternalId: boolean
  /** As written. */
  readonly dependsOn: readonly string[]
  /** False: the resource is not part of the stack. */
  readonly enabled: Enabled
  /** Every reference in properties, metadata and update policy, with its place as Heat names it: `web.Properties.size`. */
  readonly references: readonly ReferenceOfField[]
  /** False: what stands there is not known yet, or no map of properties, and that was told. */
  readonly hasProperties: boolean
  private readonly properties: ReadonlyMap<string, Expression>
  private readonly metadata: Expression
  private readonly updatePolicy: Expression
  private readonly room: Room
  /** All that it says is secret. */
  private readonly secret: boolean
  private readonly words: TemplateWords
  /** Whom to ask of values of its properties. */
  readonly constraints: NamedConstraints

  /**
   * @param problems takes what is wrong: a field of a wrong shape, a malformed function, or a part that Hearth does not
   *   have. If there is any, the definition is of no use but to find out what else is wrong; without a type for nothing.
   * @throws HearthError unless all problems are gathered.
   */
  constructor(name: string, snippet: JsonMap, parser: Parser, around: Surroundings, problems: Problems) {
    const { words } = around.version
    this.name = name
    this.words = words
    this.room = around.room
    this.secret = around.secret
    this.constraints = around.language.constraints
    this.room.refill()
    const fields = new ResourceFields(name, snippet)
    const word = (field: Field): string => words.resource[field] ?? field
    const read = <Value>(field: Field, work: (word: string, path: string) => Value, otherwise: Value): Value => {
      const path = this.pathOf(field)
      return problems.tried(path, () => work(word(field), path), otherwise).result
    }
    this.type = read('type', one => fields.type(one), '')
    const untold = Unknown.is(own(snippet, word('properties')))
    const properties = untold
      ? undefined
      : read('properties', (one, path) => propertiesIn(fields, one, path, parser), undefined)
    this.properties = properties ?? none
    this.hasProperties = properties !== undefined
    this.metadata = read('metadata', (one, path) => parser.parse(fields.map(one), path), nothing)
    this.dependsOn = read('dependsOn', one => fields.names(one), [])
    const policy = read(
      'deletionPolicy',
      (one, path) => {
        const given = own(snippet, one)
        return resolvedEarly(scope =>
          deletionPolicyOf(given === undefined ? undefined : valueOf(parser.parse(given, path), scope), around.version),
        )
      },
      'Delete',
    )
    const external = words.resource.externalId === undefined ? null : (own(snippet, words.resource.externalId) ?? null)
    const id = read('externalId', (_, path) => fields.id(parser.parse(external, path)), new Unknown('it is malformed'))
    this.externalId = Unknown.is(id) ? str(id) : id
    this.knowsExternalId = !Unknown.is(id)
    this.deletionPolicy = this.externalId === null ? policy : 'Retain'
    this.updatePolicy = read('updatePolicy', (one, path) => parser.parse(fields.map(one), path), nothing)
    this.description = read('description', one => fields.text(one) ?? '', '')
    this.enabled = read(
      'condition',
      (_, path) => enabledIn(fields, words.resource.condition, path, parser, around),
      'perhaps',
    )
    this.references = this.enabled !== false && this.externalId === null ? this.findReferences() : []
  }

  /** Where it stands in the template. */
  get path(): string {
    return `${this.words.sections.resources}.${this.name}`
  }

  /** Where one of its fields stands in the template. */
  pathOf(field: Field): string {
    return `${this.path}.${this.words.resource[field] ?? field}`
  }

  /** Where it says that it needs another resource. */
  placeOf(required: string): string {
    const reference = this.references.find(({ resource }) => resource === required)
    return this.dependsOn.includes(required) ? this.pathOf('dependsOn') : (reference?.at ?? this.path)
  }

  /** Resources that this one needs, by name: those it depends on and those it refers to. */
  requires: readonly string[] = []

  /** Attributes it reads; undefined: all of a resource. */
  get reads(): readonly Pick<Reference, 'resource' | 'attribute' | 'within'>[] {
    return this.references.filter(({ attribute }) => attribute !== '')
  }

  /**
   * Properties as given, functions resolved, before they are converted to the type's schema.
   * @param at how an error names the properties; absent: the path into the template.
   * @param attempt resolves each property by itself.
   * @param secret told of those that nobody is to see.
   * @throws HearthError `Property error: <at>.<property>: …`
   */
  resolveProperties(
    scope: Scope,
    at = this.pathOf('properties'),
    attempt: Attempt = placed,
    secret: (name: string) => void = () => undefined,
  ): Record<string, MaybeUnknown> {
    this.room.refill()
    const values: Record<string, MaybeUnknown> = {}
    for (const [name, expression] of this.properties) {
      const path = `${at}.${name}`
      let isSecret = this.secret
      const taken = (): boolean => {
        isSecret = scope.secrecy?.taken() === true || isSecret
        return isSecret
      }
      const value = attempt(path, () => {
        const resolve = (): Resolved => this.valueAt(path, expression, gatheringBy(attempt, path, scope))
        return errors.keepingSecret(taken, resolve)
      })
      if (taken()) secret(name)
      // What cannot be resolved, where that was told, may have been anything.
      if (value !== omitted) put(values, name, value === undefined ? new Unknown() : value)
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
      ...(this.secret || scope.secrecy?.taken() === true ? { secret: true } : {}),
    }
  }

  /** The names that its properties have in the template. */
  get propertyNames(): Iterable<string> {
    return this.properties.keys()
  }

  /** Checks of functions that need no value. @throws HearthError with the path of the function. */
  check(checks: Checks): void {
    this.room.refill()
    for (const [name, expression] of this.properties) {
      const path = join(this.pathOf('properties'), name)
      checks.attempt(path, () => expression.check(path, checks))
    }
    for (const field of ['metadata', 'updatePolicy'] as const) {
      const path = this.pathOf(field)
      checks.attempt(path, () => this[field].check(path, checks))
    }
  }

  private valueAt(path: string, expression: Expression, scope: Scope): Resolved {
    try {
      const value = expression.resolve(scope)
      if (value !== omitted) checkSize(expression, value, this.room)
      return value
    } catch (error) {
      if (!errors.HearthError.is(error) || isTold(error)) throw error
      throw propertyError(path, error)
    }
  }

  private resolve(expression: Expression, scope: Scope): MaybeUnknown {
    this.room.refill()
    const isSecret = (): boolean => this.secret || metSecret(scope)
    return errors.keepingSecret(isSecret, () => {
      const value = plainNumbers(valueOf(expression, scope))
      checkSize(expression, value, this.room)
      return value
    })
  }

  private findReferences(): ReferenceOfField[] {
    this.room.refill()
    const found: ReferenceOfField[] = []
    const into = (field: keyof typeof called) => {
      const heats = `${this.name}.${called[field]}`
      const add = (reference: Reference): void => {
        found.push({ ...reference, at: this.pathOf(field) + reference.path.slice(heats.length) })
      }
      return { heats, add }
    }
    const properties = into('properties')
    for (const [name, expression] of this.properties) {
      expression.references(join(properties.heats, name), properties.add)
    }
    for (const field of ['metadata', 'updatePolicy'] as const) {
      const { heats, add } = into(field)
      this[field].references(heats, add)
    }
    return found
  }
}

const kind = 'Property error'
const propertyError = (path: string, { told }: errors.HearthError): errors.HearthError =>
  errors.stackValidationFailed({ error: kind, path, message: told })
/** A part has told it already, of the property. */
const isTold = ({ error }: errors.HearthError): boolean => error === kind

/** What is wrong with a property is told as Heat tells it, and with the place of the part of it that is wrong. */
function gatheringBy(attempt: Attempt, path: string, scope: Scope): Scope {
  if (attempt === placed) return scope
  const tell = (part: string, error: errors.HearthError): void => {
    if (isTold(error)) throw error
    attempt(part, () => {
      throw propertyError(path, metSecret(scope) ? error.withoutValues : error).at({ path: part })
    })
  }
  return { ...scope, gathering: { path, tell } }
}

const nothing = new Literal({})
const none: ReadonlyMap<string, Expression> = new Map()

/** What Heat calls the fields when it names the place of a reference. */
const called = { properties: 'Properties', metadata: 'Metadata', updatePolicy: 'UpdatePolicy' } as const

/** A reference, and where it stands in the template. */
export interface ReferenceOfField extends Reference {
  readonly at: string
}

function propertiesIn(
  fields: ResourceFields,
  word: string,
  path: string,
  parser: Parser,
): ReadonlyMap<string, Expression> {
  const properties = entriesOf(parser.parse(fields.map(word), path))
  if (properties === undefined) throw fields.wrong(word, 'object')
  return properties
}
