import type { Value } from './values.js'
import type { FunctionSpec } from './registry.js'

/** The names that an expression sees; an inner scope hides those of the outer. `$` is the same as `$1`. */
export class Scope {
  // Most calls set nothing.
  private variables: Map<string, Value> | undefined
  private functions: Map<string, FunctionSpec> | undefined

  constructor(private readonly outer?: Scope) {}

  child(): Scope {
    return new Scope(this)
  }

  set(name: string, value: Value): void {
    this.variables ??= new Map()
    this.variables.set(name === '' ? '1' : name, value)
  }

  /** Null if nothing has the name. */
  get(name: string): Value {
    return this.find(name === '' ? '1' : name) ?? null
  }

  private find(key: string): Value | undefined {
    const { variables } = this
    return variables?.has(key) === true ? variables.get(key) : this.outer?.find(key)
  }

  define(spec: FunctionSpec): void {
    this.functions ??= new Map()
    this.functions.set(spec.name, spec)
  }

  function(name: string): FunctionSpec | undefined {
    return this.functions?.get(name) ?? this.outer?.function(name)
  }
}
