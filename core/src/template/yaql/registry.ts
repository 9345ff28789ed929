import type { Budget } from './budget.js'
import type { Param } from './parameters.js'
import type { Scope } from './scope.js'
import type { Value } from './values.js'

/** What an implementation may use besides its arguments. */
export interface Context {
  readonly budget: Budget
  /** Of this call: what is set here is seen after `->`. */
  readonly scope: Scope
  /** Calls another function by its name, e.g. the operator `>`. */
  invoke(name: string, ...args: readonly Value[]): Value
  /** The same in the place of this call: what it sets is seen after `->`. */
  become(name: string, args: readonly Value[], named: ReadonlyMap<string, Value>): Value
}

/** One overload of a function. */
export interface FunctionSpec {
  readonly name: string
  /** `f(x)`, `x.f()`, or both. */
  readonly as: 'function' | 'method' | 'both'
  readonly parameters: readonly Param<unknown>[]
  readonly run: (context: Context, ...args: never[]) => Value
}

type Values<Params extends readonly Param<unknown>[]> = {
  [Index in keyof Params]: Params[Index] extends Param<infer T> ? T : never
}

const declare =
  (as: FunctionSpec['as']) =>
  <const Params extends readonly Param<unknown>[]>(
    name: string,
    parameters: Params,
    run: (context: Context, ...args: Values<Params>) => Value,
  ): FunctionSpec => ({ name, as, parameters, run: run as unknown as FunctionSpec['run'] })

/** `name(…)` only. */
export const functionOf = declare('function')
/** `receiver.name(…)` only; the receiver is the first parameter. */
export const methodOf = declare('method')
/** Both. */
export const eitherOf = declare('both')

/** Finds the overloads of a name. */
export class Registry {
  private readonly functions = new Map<string, FunctionSpec[]>()
  private readonly methods = new Map<string, FunctionSpec[]>()

  constructor(families: readonly (readonly FunctionSpec[])[]) {
    for (const spec of families.flat()) {
      if (spec.as !== 'method') add(this.functions, spec)
      if (spec.as !== 'function') add(this.methods, spec)
    }
  }

  overloads(name: string, asMethod: boolean): readonly FunctionSpec[] {
    return (asMethod ? this.methods : this.functions).get(name) ?? []
  }
}

function add(table: Map<string, FunctionSpec[]>, spec: FunctionSpec): void {
  const known = table.get(spec.name)
  if (known === undefined) table.set(spec.name, [spec])
  else known.push(spec)
}
