/** The tree of an expression. Immutable. */
export type Node =
  | { readonly kind: 'constant'; readonly value: null | boolean | number | string; readonly float?: true }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Argument[] }
  | { readonly kind: 'map'; readonly items: readonly Argument[] }
  | { readonly kind: 'index'; readonly target: Node; readonly args: readonly Argument[] }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Node }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Node; readonly right: Node }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Argument[] }
  /** `target.name`, or `target?.name`, which is null where the target is. */
  | { readonly kind: 'member'; readonly target: Node; readonly name: string; readonly safe: boolean }
  | {
      readonly kind: 'method'
      readonly target: Node
      readonly name: string
      readonly args: readonly Argument[]
      readonly safe: boolean
    }

/** One argument: a value, or `source => value`, which names a parameter or is an entry of a map. */
export interface Argument {
  readonly source?: Node
  readonly value: Node
}

/** The name that a bare word or a text gives a parameter. */
export const nameOf = (node: Node): string | undefined =>
  node.kind === 'constant' && typeof node.value === 'string' ? node.value : undefined
