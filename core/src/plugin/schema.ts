import type { Json, JsonMap } from './json.js'

/** Property and attribute schemas of resource types. Shapes follow what Heat's `GET /resource_types/{type}` shows. */

export type PropertyKind = 'string' | 'integer' | 'number' | 'boolean' | 'map' | 'list' | 'any'

/** What values of a property are allowed: one rule, with what to tell the user instead of its own text. */
export type ConstraintSchema =
  | { readonly range: { readonly min?: number; readonly max?: number }; readonly description?: string }
  | { readonly length: { readonly min?: number; readonly max?: number }; readonly description?: string }
  | { readonly modulo: { readonly step: number; readonly offset: number }; readonly description?: string }
  | { readonly allowed_values: readonly Json[]; readonly description?: string }
  | { readonly allowed_pattern: string; readonly description?: string }
  | { readonly custom_constraint: string; readonly description?: string }

/** What a property is, and what a change of it means. */
export interface PropertySchema {
  readonly type: PropertyKind
  readonly description?: string
  readonly required?: boolean
  readonly default?: Json
  /** Of one that may be anything: what it is when null is given, which is something else than nothing. */
  readonly zero?: Json
  readonly constraints?: readonly ConstraintSchema[]
  /** May change in place. Without it, or on a type without `update`, a change replaces the resource. */
  readonly updateAllowed?: boolean
  /** A change is refused. */
  readonly immutable?: boolean
  /** Inner schema: of each key of a map, or `{ '*': … }` of each item of a list. */
  readonly schema?: PropertySchemas
  /** Its value stands in no event, and is kept encrypted. */
  readonly secret?: boolean
  /** As `secret`, and neither is the property shown to those who ask what the type takes. */
  readonly hidden?: boolean
  /**
   * Its value can only be what `get_resource` gives for a resource of one of these types, in the same stack. All else is
   * refused before anything is stored. Of properties, not of what is inside of one.
   */
  readonly refersTo?: readonly string[]
}
/** Schemas of properties by name. */
export type PropertySchemas = Readonly<Record<string, PropertySchema>>

/** What an attribute is, for `get_attr` and for those who ask what a type offers. */
export interface AttributeSchema {
  readonly description?: string
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'map' | 'list'
  /** Read anew at each use through `ResourceType.read`, never stored with the resource. */
  readonly live?: boolean
  /** Nobody is to see it: what is made of it stands in no event, and is kept encrypted. */
  readonly secret?: boolean
}
/**
 * Schemas of attributes by name. `'*'`, which is to be live: any other name. Where all attributes are shown, `'*'` itself is
 * read, which answers those that there are, by name.
 */
export type AttributeSchemas = Readonly<Record<string, AttributeSchema>>

/** How long a type, or a part of it, has been there and will stay. */
export interface SupportStatus {
  readonly status: 'SUPPORTED' | 'DEPRECATED' | 'UNSUPPORTED' | 'HIDDEN' | 'UNKNOWN'
  readonly version?: string
  readonly message?: string
  readonly previous?: SupportStatus
}

/**
 * A value that cannot be known yet (an attribute of a resource that does not exist). It "may differ" from anything.
 * It stands where a `Json` stands, alone or inside maps and lists.
 */
export class Unknown {
  private static readonly brand = Symbol.for('hearth.Unknown')
  readonly [Symbol.toStringTag] = 'Unknown'
  constructor(
    readonly why: string = 'not known yet',
    /** It will be what `get_resource` gives for this resource. */
    readonly resource?: string,
  ) {
    Object.defineProperty(this, Unknown.brand, { value: true })
  }
  static is(value: unknown): value is Unknown {
    return typeof value === 'object' && value !== null && Unknown.brand in value
  }
  /** True if `value` is or contains an unknown. */
  static within(value: unknown): boolean {
    if (Unknown.is(value)) return true
    if (Array.isArray(value)) return value.some(Unknown.within)
    if (typeof value !== 'object' || value === null) return false
    for (const key of Object.keys(value)) if (Unknown.within((value as Record<string, unknown>)[key])) return true
    return false
  }
}
/** A value of a property, whole or in part not known yet. */
export type MaybeUnknown = Json | Unknown | MaybeUnknown[] | { [key: string]: MaybeUnknown }
/** Values of properties by name: resolved, converted, with defaults. */
export type Properties = JsonMap
