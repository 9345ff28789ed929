/**
 * YAQL, the query language of HOT's function `yaql`: an interpreter over JSON values. It imports nothing of the rest of
 * Hearth but what a float is and how Python writes patterns, does no input or output, and has neither clock nor chance,
 * so an expression always gives the same. Start at `parser.ts`, then `evaluate.ts`; `functions/` holds the standard
 * library, a family in each file.
 */
import { Budget, type Limits } from './budget.js'
import { YaqlError } from './error.js'
import { Evaluator } from './evaluate.js'
import { standardLibrary } from './functions/index.js'
import { fromJson, type Json, toJson } from './json.js'
import { parseExpression } from './parser.js'
import { Registry } from './registry.js'
import { Scope } from './scope.js'
import type { Node } from './syntax.js'

export type { Limits } from './budget.js'
export { YaqlError } from './error.js'
export type { Json } from './json.js'

const registry = new Registry(standardLibrary)

/** An expression that was parsed. */
export interface Yaql {
  /** Its value with `data` as `$`. @throws YaqlError, whatever happens. */
  evaluate(data: Json, limits: Limits): Json
}

/** @throws YaqlError saying what is unexpected, and where. */
export function parse(expression: string): Yaql {
  const node = guarded(() => parseExpression(expression))
  return { evaluate: (data, limits) => guarded(() => evaluate(node, data, limits)) }
}

function evaluate(node: Node, data: Json, limits: Limits): Json {
  const budget = new Budget(limits)
  const scope = new Scope()
  scope.set('', fromJson(data))
  return toJson(new Evaluator(registry, budget).value(node, scope), budget)
}

/** Lazies of lazies may nest deeper than any count of calls shows. */
function guarded<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError) throw new YaqlError('The expression is nested too deeply')
    throw error
  }
}
