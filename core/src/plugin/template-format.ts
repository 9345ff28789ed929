import type { ServiceIdentifier } from 'inversify'
import type { Json } from './json.js'
import type { ConstraintSchema } from './schema.js'

/**
 * A dialect of templates, told by a key at the top of them. HOT and CloudFormation's format come through this as any
 * other. What a template means is the same in all: a format says how things are called, and which functions there are.
 */
export interface TemplateFormat {
  /** Its value names the version, e.g. `heat_template_version`; unique among loaded plugins, never changed once released. */
  readonly key: string
  /** As `GET /template_versions` lists it, e.g. `hot`. */
  readonly type: string
  /** Oldest first, one at least. */
  readonly versions: readonly TemplateVersion[]
}
export const TemplateFormat = Symbol.for('hearth.TemplateFormat') as ServiceIdentifier<TemplateFormat>

/** The versions of HOT, each under its date. */
export type HotVersion =
  | '2013-05-23'
  | '2014-10-16'
  | '2015-04-30'
  | '2015-10-15'
  | '2016-04-08'
  | '2016-10-14'
  | '2017-02-24'
  | '2017-09-01'
  | '2018-03-02'
  | '2018-08-31'
  | '2021-04-16'

/** One version of a format: everything in which it may differ from others. */
export interface TemplateVersion {
  /** The value of the format's key; YAML leaves dates text, so `1.0` is a number and cannot be one. */
  readonly name: string
  /** Other names of the same, e.g. `rocky`. */
  readonly aliases: readonly string[]
  readonly words: TemplateWords
  /** Hearth's own functions take what they take in this version of HOT. */
  readonly like: HotVersion
  /** What a map with one key may mean, by that key: in data, or inside a condition. */
  functions(where: 'data' | 'condition'): ReadonlyMap<string, TemplateFunction>
  /**
   * How names of functions begin, and keys of data do not: what begins so and is no function is refused, where it is the one
   * key of a map. Absent: it is data.
   */
  readonly functionPrefix?: string
  /** A parameter as declared. @throws TemplateError */
  parameter(name: string, declared: Json): ParameterSchema
  /** Parameters that every template has. */
  pseudoParameters(stack: NamedStack): ReadonlyMap<string, string>
}

/** How the version calls what all formats have. Undefined: it has no such thing. */
export interface TemplateWords {
  readonly sections: {
    readonly description: string
    readonly parameters: string
    readonly groups: string | undefined
    readonly mappings: string | undefined
    readonly conditions: string | undefined
    readonly resources: string
    readonly outputs: string
  }
  readonly resource: {
    readonly type: string
    readonly properties: string
    readonly metadata: string
    readonly dependsOn: string
    readonly deletionPolicy: string
    readonly updatePolicy: string
    readonly description: string
    readonly condition: string | undefined
    readonly externalId: string | undefined
  }
  readonly output: { readonly value: string; readonly description: string; readonly condition: string | undefined }
  readonly parameterType: string
  /** What is said of a section of resources, or of one of them, that is no map. */
  readonly resourcesMap: string
  /** Keys of a resource that are not known are ignored. */
  readonly lenient: boolean
}

/** A function of templates: one of Hearth's own, out of a version that `StandardFormats` has, or the plugin's. */
export type TemplateFunction = StandardFunction | OwnFunction

/** Opaque: to be handed on, under whatever name. */
export interface StandardFunction {
  readonly kind: string
}

/** A function that a plugin brings. */
export interface OwnFunction {
  /** One sentence, as the API lists it. */
  readonly description: string
  /**
   * The value. Pure: no input or output, and the same each time. It is called when all of its arguments are known,
   * functions inside of them resolved; until then the value is not known either.
   * @throws TemplateError with what is wrong; the host adds the place.
   */
  evaluate(args: Json): Json
}

/** What the value of a parameter is, whatever the format calls that. */
export type ParameterType = 'string' | 'number' | 'boolean' | 'comma_delimited_list' | 'json'

/** A parameter as its template declares it. */
export interface ParameterSchema {
  readonly name: string
  readonly type: ParameterType
  readonly label: string | undefined
  readonly description: string
  /** Null and absent are the same. */
  readonly default: Json
  readonly hidden: boolean
  readonly immutable: boolean
  readonly constraints: readonly ConstraintSchema[]
  readonly tags: readonly Json[] | undefined
  /** How its declaration calls what an error may be about, in the order of `constraints`. Absent: as HOT does. */
  readonly keys?: { readonly default: string; readonly constraints: readonly string[] }
}

/** The stack that a template is for. */
export interface NamedStack {
  /** Null before the stack is stored. */
  readonly id: string | null
  readonly name: string
  readonly project: string
}

/** What is wrong with a part of a template, in words for its author. The host knows the place. */
export class TemplateError extends Error {
  private static readonly brand = Symbol.for('hearth.TemplateError')
  constructor(message: string) {
    super(message)
    Object.defineProperty(this, TemplateError.brand, { value: true })
  }
  static is(error: unknown): error is TemplateError {
    return typeof error === 'object' && error !== null && TemplateError.brand in error
  }
}

/** A service of the host: the formats that it has itself, for those who build on one. */
export interface StandardFormats {
  /** @throws Error if Hearth has no such version. */
  version(key: 'heat_template_version' | 'AWSTemplateFormatVersion', name: string): TemplateVersion
}
export const StandardFormats = Symbol.for('hearth.StandardFormats') as ServiceIdentifier<StandardFormats>
