import type { HotVersion } from '../../plugin/template-format.js'
import type { Macro, Rule } from './rule.js'

/** What a function of a template's version is. */
export type FunctionKind =
  | { readonly kind: 'rule'; readonly rule: Rule }
  | { readonly kind: 'macro'; readonly macro: Macro }
  /** Stands in the template, may not be used. */
  | { readonly kind: 'invalid'; readonly message: string }
  /** A later version has it. What has the shape of a use is a mistake, all else is data. */
  | { readonly kind: 'later'; readonly since: HotVersion; readonly message: string; readonly of: FunctionKind }

export type FunctionTable = ReadonlyMap<string, FunctionKind>

export const rule = (one: Rule): FunctionKind => ({ kind: 'rule', rule: one })
export const macro = (one: Macro): FunctionKind => ({ kind: 'macro', macro: one })

/** The table of conditions: what is only known in data may not stand there. */
export function conditionTable(data: FunctionTable, conditional: FunctionTable): FunctionTable {
  const invalid = [...data]
    .filter(([, { kind }]) => kind !== 'later')
    .map(([name]) => [name, { kind: 'invalid', message: `The function "${name}" is invalid in this context` }] as const)
  return new Map<string, FunctionKind>([...invalid, ...conditional])
}
