import type { Json } from '../../plugin/json.js'
import type { FunctionKind } from '../functions/kinds.js'
import type { NamedStack } from '../parameters/parameters.js'
import type { ParameterSchema } from '../parameters/schema.js'
import type { VersionDate } from './dates.js'

/** A dialect of templates, with all its versions. */
export interface TemplateFormat {
  /** The key of a template that names its version, e.g. `heat_template_version`. */
  readonly key: string
  /** As the API lists it. */
  readonly type: 'hot' | 'cfn'
  readonly versions: readonly Version[]
}

/** One version of a format: everything in which it may differ from others. */
export interface Version {
  /** The format's. */
  readonly key: string
  readonly name: string
  /** Other names of the same, e.g. `rocky`. */
  readonly aliases: readonly string[]
  readonly words: Words
  /** Whether it has what HOT has from `date` on. */
  since(date: VersionDate): boolean
  /** What a one-key map may mean: in data, or inside a condition. */
  functions(where: 'data' | 'condition'): ReadonlyMap<string, FunctionKind>
  /** A parameter as declared. @throws HearthError InvalidSchemaError */
  parameter(name: string, declared: Json): ParameterSchema
  /** Parameters that every template has. */
  pseudoParameters(stack: NamedStack): ReadonlyMap<string, string>
}

/** How the version calls what all formats have. Undefined: it has no such thing. */
export interface Words {
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
