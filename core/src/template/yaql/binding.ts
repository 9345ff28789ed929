import type { Lambda, Param, Rule } from './parameters.js'
import type { Context, FunctionSpec } from './registry.js'
import type { Scope } from './scope.js'
import { type Argument, type Node, nameOf } from './syntax.js'
import type { Value } from './values.js'

/** An argument of a call that may be evaluated: once as a value, or anew each time as a lambda. */
export interface Operand {
  value(): Value
  /** @param scope of the call, whose names the lambda sees. */
  lambda(scope: Scope): Lambda
}

/** The arguments of a call, before an overload is chosen. */
export interface Operands {
  readonly positional: readonly Operand[]
  readonly named: ReadonlyMap<string, Operand>
  readonly rules: readonly Rule[]
  /** `source => value` whose source cannot name a parameter. */
  readonly onlyRules: boolean
}

/** @param receiver of a method, already evaluated. */
export function operandsOf(
  args: readonly Argument[],
  receiver: Operand | undefined,
  operand: (node: Node) => Operand,
): Operands {
  const positional: Operand[] = receiver === undefined ? [] : [receiver]
  if (args.every(({ source }) => source === undefined)) {
    for (const { value } of args) positional.push(operand(value))
    return { positional, named: none, rules: [], onlyRules: false }
  }
  const named = new Map<string, Operand>()
  const rules: Rule[] = []
  let onlyRules = false
  for (const { source, value } of args) {
    const made = operand(value)
    if (source === undefined) {
      positional.push(made)
      continue
    }
    rules.push({ source: () => operand(source).value(), value: () => made.value() })
    const name = nameOf(source)
    if (name === undefined) onlyRules = true
    else named.set(name, made)
  }
  return { positional, named, rules, onlyRules }
}

/** Of calls without names, which most are. */
export const none: ReadonlyMap<string, Operand> = new Map()

/** What the implementation is called with; undefined if the overload does not take these operands. */
export function bind(spec: FunctionSpec, operands: Operands, context: Context): unknown[] | undefined {
  return operands.named === none && operands.rules.length === 0 && isByPlace(spec)
    ? bindByPlace(spec.parameters, operands.positional, context)
    : bindAll(spec, operands, context)
}

const known = new WeakMap<FunctionSpec, boolean>()

/** Whether each parameter takes one operand, which stands in its place. */
function isByPlace(spec: FunctionSpec): boolean {
  let simple = known.get(spec)
  if (simple === undefined) {
    simple = spec.parameters.every(({ takes, rest }) => (takes === 'value' || takes === 'lambda') && rest !== true)
    known.set(spec, simple)
  }
  return simple
}

/** The same as `bindAll`, where nothing has to be looked for: what most calls are. */
function bindByPlace(
  parameters: readonly Param<unknown>[],
  operands: readonly Operand[],
  context: Context,
): unknown[] | undefined {
  if (operands.length > parameters.length) return undefined
  for (let place = operands.length; place < parameters.length; place++) {
    if (parameters[place]?.optional === undefined) return undefined
  }
  for (let place = 0; place < operands.length; place++) {
    const param = parameters[place] as Param<unknown>
    if (param.takes === 'value' && !param.accepts((operands[place] as Operand).value())) return undefined
  }
  const bound: unknown[] = []
  for (let place = 0; place < parameters.length; place++) {
    const param = parameters[place] as Param<unknown>
    const operand = operands[place]
    if (operand === undefined) bound.push(param.optional?.fallback)
    else bound.push(param.takes === 'lambda' ? operand.lambda(context.scope) : convert(param, operand, context))
  }
  return bound
}

function bindAll(spec: FunctionSpec, operands: Operands, context: Context): unknown[] | undefined {
  const wantsRules = spec.parameters.some(({ takes }) => takes === 'rules')
  if (operands.onlyRules && !wantsRules) return undefined
  const plan = assign(spec, operands, wantsRules)
  if (plan === undefined) return undefined
  // Types first: an argument is evaluated only when all before it fit.
  for (const { param, operands: taken } of plan) {
    if (param.takes !== 'value') continue
    if (!taken.every(operand => param.accepts(operand.value()))) return undefined
  }
  return plan.map(({ param, operands: taken, missing }) => {
    if (param.takes === 'rules') return operands.rules
    if (param.takes === 'names') return leftOver(spec, operands)
    if (missing) return param.optional?.fallback
    const made = taken.map(operand =>
      param.takes === 'lambda' ? operand.lambda(context.scope) : convert(param, operand, context),
    )
    return param.rest === true ? made : made[0]
  })
}

const convert = (param: Param<unknown>, operand: Operand, context: Context): unknown =>
  param.convert(operand.value(), context)

interface Assigned {
  readonly param: Param<unknown>
  readonly operands: readonly Operand[]
  readonly missing: boolean
}

/** Which operands go to which parameter, by place and name alone. */
function assign(spec: FunctionSpec, operands: Operands, wantsRules: boolean): Assigned[] | undefined {
  const plan: Assigned[] = []
  let place = 0
  let names = 0
  let takesNames = wantsRules
  for (const param of spec.parameters) {
    if (param.takes === 'rules' || param.takes === 'names') {
      takesNames = true
      plan.push({ param, operands: [], missing: false })
      continue
    }
    if (param.rest === true) {
      plan.push({ param, operands: operands.positional.slice(place), missing: false })
      place = Math.max(place, operands.positional.length)
      continue
    }
    const byPlace = operands.positional[place]
    const byName = wantsRules ? undefined : operands.named.get(param.name)
    if (byPlace !== undefined && byName !== undefined) return undefined
    if (byPlace !== undefined) place++
    if (byName !== undefined) names++
    const operand = byPlace ?? byName
    const missing = operand === undefined
    if (missing && param.optional === undefined) return undefined
    plan.push({ param, operands: missing ? [] : [operand], missing })
  }
  if (place < operands.positional.length) return undefined
  return takesNames || names === operands.named.size ? plan : undefined
}

/** Named arguments that are no parameter's. */
function leftOver(spec: FunctionSpec, { named }: Operands): ReadonlyMap<string, Value> {
  const own = new Set(spec.parameters.map(({ name }) => name))
  return new Map([...named].filter(([name]) => !own.has(name)).map(([name, operand]) => [name, operand.value()]))
}
