import { bind, none, type Operand, type Operands, operandsOf } from './binding.js'
import type { Budget } from './budget.js'
import { NoMatch, YaqlError } from './error.js'
import { leftOut } from './functions/left-out.js'
import type { Lambda } from './parameters.js'
import type { Context, FunctionSpec, Registry } from './registry.js'
import { Scope } from './scope.js'
import type { Argument, Node } from './syntax.js'
import { kindOf } from './text.js'
import { Float, truthy, type Value } from './values.js'

/** A value, and the scope that `->` goes on in. */
interface Result {
  readonly value: Value
  readonly scope: Scope
}

/** Evaluates the nodes of one expression. */
export class Evaluator {
  constructor(
    private readonly registry: Registry,
    private readonly budget: Budget,
  ) {}

  /** @throws YaqlError */
  value(node: Node, scope: Scope): Value {
    return this.result(node, scope).value
  }

  private result(node: Node, scope: Scope): Result {
    this.budget.take(1)
    switch (node.kind) {
      case 'constant': {
        const { value, float } = node
        return { value: float && Number.isInteger(value) ? new Float(value as number) : value, scope }
      }
      case 'variable':
        return { value: scope.get(node.name), scope }
      case 'list':
        return this.call('#list', node.items, scope)
      case 'map':
        return this.call('dict', node.items, scope)
      case 'index':
        return this.call('#index', [{ value: node.target }, ...node.args], scope)
      case 'unary':
        return this.call(`${node.operator}x`, [{ value: node.operand }], scope)
      case 'binary':
        return this.binary(node, scope)
      case 'call':
        return this.call(node.name, node.args, scope)
      case 'member': {
        const target = this.result(node.target, scope)
        if (node.safe && target.value === null) return target
        return { ...target, value: this.invoke('#member', [target.value, node.name], scope) }
      }
      case 'method': {
        const target = this.result(node.target, scope)
        if (node.safe && target.value === null) return target
        return this.call(node.name, node.args, target.scope, target.value)
      }
    }
  }

  private binary({ operator, left, right }: Node & { kind: 'binary' }, scope: Scope): Result {
    if (operator === '->') return this.result(right, this.result(left, scope).scope)
    if (operator === 'and' || operator === 'or') {
      const value = this.value(left, scope)
      const decided = truthy(value) === (operator === 'or')
      return { value: decided ? value : this.value(right, scope), scope }
    }
    return this.call(operator, [{ value: left }, { value: right }], scope)
  }

  private call(name: string, args: readonly Argument[], scope: Scope, receiver?: Value): Result {
    const target = receiver === undefined ? undefined : new Known(receiver)
    return this.run(
      name,
      operandsOf(args, target, node => this.operand(node, scope)),
      scope,
      receiver,
    )
  }

  private invoke(name: string, args: readonly Value[], scope: Scope): Value {
    return this.run(name, operandsFrom(args), scope).value
  }

  private run(name: string, operands: Operands, scope: Scope, receiver?: Value): Result {
    const own = scope.child()
    return { value: this.apply(name, operands, own, receiver), scope: own }
  }

  /** What the first overload gives that takes the operands. @param own the scope of the call. */
  private apply(name: string, operands: Operands, own: Scope, receiver?: Value): Value {
    this.budget.enter()
    try {
      const context = this.context(own)
      for (const spec of this.overloads(name, own, receiver)) {
        const args = bind(spec, operands, context)
        if (args === undefined) continue
        const value = (spec.run as (context: Context, ...args: unknown[]) => Value)(context, ...args)
        this.budget.check(value)
        return value
      }
      throw noMatch(name, receiver)
    } finally {
      this.budget.leave()
    }
  }

  private context(own: Scope): Context {
    return {
      budget: this.budget,
      scope: own,
      invoke: (other, ...args) => this.invoke(other, args, own),
      become: (other, args, named) => this.apply(other, operandsFrom(args, named), own),
    }
  }

  private overloads(name: string, scope: Scope, receiver: Value | undefined): readonly FunctionSpec[] {
    const defined = receiver === undefined ? scope.function(name) : undefined
    const found = defined === undefined ? this.registry.overloads(name, receiver !== undefined) : [defined]
    if (found.length > 0) return found
    if (receiver === undefined) {
      const reason = leftOut.get(name)
      throw new YaqlError(`Unknown function "${name}"${reason === undefined ? '' : `: ${reason}`}`)
    }
    throw new YaqlError(`Unknown method "${name}" for type ${kindOf(receiver)}`)
  }

  private operand(node: Node, scope: Scope): Operand {
    return new Evaluated(this, node, scope)
  }

  lambda(node: Node, scope: Scope): Lambda {
    const run = (inner: Scope): Value => {
      this.budget.enter()
      try {
        return this.value(node, inner)
      } finally {
        this.budget.leave()
      }
    }
    const call = (...args: readonly Value[]): Value => {
      const inner = scope.child()
      for (let place = 0; place < args.length; place++) inner.set(String(place + 1), args[place] as Value)
      return run(inner)
    }
    const withNames = (variables: ReadonlyMap<string, Value>): Value => {
      const inner = scope.child()
      for (const [name, value] of variables) inner.set(name, value)
      return run(inner)
    }
    return Object.assign(call, { in: withNames })
  }
}

/** An argument that is evaluated when its value is asked for, once. */
class Evaluated implements Operand {
  private known: Value | undefined

  constructor(
    private readonly evaluator: Evaluator,
    private readonly node: Node,
    private readonly scope: Scope,
  ) {}

  value(): Value {
    // Null is a value, too.
    if (this.known === undefined) this.known = this.evaluator.value(this.node, this.scope)
    return this.known
  }
  lambda(scope: Scope): Lambda {
    return this.evaluator.lambda(this.node, scope)
  }
}

class Known implements Operand {
  constructor(private readonly known: Value) {}

  value(): Value {
    return this.known
  }
  lambda(): Lambda {
    return Object.assign(() => this.known, { in: () => this.known })
  }
}

const nothing: ReadonlyMap<string, Value> = new Map()

const operandsFrom = (args: readonly Value[], named: ReadonlyMap<string, Value> = nothing): Operands => ({
  positional: args.map(value => new Known(value)),
  named: named.size === 0 ? none : new Map([...named].map(([name, value]) => [name, new Known(value)])),
  rules: [],
  onlyRules: false,
})

function noMatch(name: string, receiver: Value | undefined): NoMatch {
  const shown = operatorNames[name] ?? name
  if (receiver === undefined) return new NoMatch(`No function "${shown}" matches supplied arguments`)
  return new NoMatch(`No method "${shown}" for type ${kindOf(receiver)} matches supplied arguments`)
}

/** Names that users know of what is written without one. */
const operatorNames: Readonly<Record<string, string>> = {
  '#index': '#indexer',
  '#member': '#operator_.',
  '+x': '#unary_operator_+',
  '-x': '#unary_operator_-',
  notx: '#unary_operator_not',
}
