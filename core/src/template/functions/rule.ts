import type { Json, JsonMap } from '../../plugin/json.js'
import type { MaybeUnknown } from '../../plugin/schema.js'
import type { Checks, Expression, Scope } from '../expression.js'
import type { FacadePart } from '../inside/facade.js'
import type { Language } from '../language.js'
import type { Version } from '../formats/version.js'
import type { Room } from './room.js'

/** What functions may ask while a template is parsed or resolved; one per definition. */
export interface Surroundings {
  readonly version: Version
  readonly files: Readonly<Record<string, string>>
  readonly room: Room
  readonly language: Language
  /** @throws HearthError UserParameterMissing. Unknown when values need not be there and this one is not. */
  parameter(name: string): MaybeUnknown
  hasParameter(name: string): boolean
  /** Whether nobody is to see the value of a parameter. */
  isHidden(parameter: string): boolean
  /** The names of those that there are. */
  readonly resources: ReadonlySet<string>
  /** Data that `Fn::FindInMap` looks up. */
  readonly mappings: JsonMap
  /** @throws HearthError `Invalid condition "<x>"`. */
  condition(name: string): MaybeUnknown
  /** Of the resource around. @throws HearthError if there is none, and has to be. */
  facade(what: FacadePart): MaybeUnknown
  /** The stack is inside of a resource that secrets have gone into. */
  readonly secret: boolean
}

/** One use of a function. */
export interface Site {
  /** As written, e.g. `str_replace`. */
  readonly name: string
  readonly around: Surroundings
}

/** A function that takes its arguments parsed, and resolved. */
export interface Rule {
  /** The first line of its documentation, as the API lists it. */
  readonly description: string
  /** Checks the arguments' shape as they are written. @throws HearthError the message alone. */
  readonly shape?: (args: Expression, site: Site) => void
  /**
   * The value. An unknown argument gives `Unknown` wherever it matters, and never a value that knowing it would change.
   * @throws HearthError the message alone.
   */
  readonly evaluate: (args: MaybeUnknown, site: Site, scope: Scope) => MaybeUnknown
  /** A check that needs no value. @throws HearthError the message alone. */
  readonly check?: (args: Expression, site: Site, checks: Checks) => void
  /** The resource, and the attribute with the path into it, that it refers to. */
  readonly refers?: (
    args: MaybeUnknown,
    site: Site,
  ) =>
    | { readonly resource: MaybeUnknown; readonly attribute?: MaybeUnknown; readonly within?: readonly MaybeUnknown[] }
    | undefined
}

/** A function that decides for itself which of its arguments are parsed. */
export interface Macro {
  readonly description: string
  readonly expand: (
    args: Json,
    site: Site,
    parse: { data(value: Json): Expression; condition(value: Json): Expression },
  ) => Expression
}
