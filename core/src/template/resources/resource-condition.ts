import { type Enabled, enabledBy } from '../conditions.js'
import { Literal } from '../expression.js'
import type { Surroundings } from '../functions/rule.js'
import type { Parser } from '../parser.js'
import type { ResourceFields } from './resource-fields.js'

/**
 * Whether a resource is part of its stack.
 * @param word of the field; undefined: templates of this version have none. @param path where it stands. @throws HearthError
 */
export function enabledIn(
  fields: ResourceFields,
  word: string | undefined,
  path: string,
  parser: Parser,
  around: Surroundings,
): Enabled {
  const condition = word === undefined ? undefined : fields.condition(word)
  if (word === undefined || condition === undefined) return true
  const expression = parser.parse(condition, path, 'condition')
  if (typeof condition === 'object' && expression instanceof Literal) throw fields.wrongCondition(word)
  return enabledBy(expression, around, path)
}
