/**
 * The intrinsic functions of templates: what each takes and gives, and which version of which format knows it.
 * A function here never reads anything but its arguments and surroundings; placing and paths are the caller's business.
 * Start at `rule.ts` for what a function is, then at the tables in `hot.ts` and `cfn.ts`.
 */
import type { Version } from '../formats/version.js'
import type { FunctionKind } from './kinds.js'

/** Body of `GET /template_versions/{key}/functions`: those that work, in the order of their names. */
export function templateFunctions(
  version: Version,
  withConditionFunctions: boolean,
): { functions: string; description: string }[] {
  const found = new Map<string, string>()
  for (const where of withConditionFunctions ? (['data', 'condition'] as const) : (['data'] as const)) {
    for (const [name, kind] of version.functions(where)) {
      const description = describe(kind)
      if (description !== '') found.set(name, description)
    }
  }
  return [...found.keys()].sort().map(name => ({ functions: name, description: found.get(name) ?? '' }))
}

function describe(kind: FunctionKind): string {
  if (kind.kind === 'rule') return kind.rule.description
  return kind.kind === 'macro' ? kind.macro.description : ''
}
