import type { Draft, DraftNode, PlanInput } from './draft.js'
import { inOrder } from './order.js'

/**
 * A row whose deletion policy is Retain is let go of when all else is done: what it stands for is still there, so a rollback
 * takes it back, as long as its row knows of it. Only what it leans on comes after it. The first of them waits for all else and
 * the others wait for the first: so there are as many edges as nodes, and not their square.
 */
export function letGoLast(draft: Draft, { existing }: Pick<PlanInput, 'existing'>): void {
  const retained = new Set<DraftNode>()
  for (const { id, deletionPolicy } of existing) {
    const node = deletionPolicy === 'Retain' ? draft.cleanup.get(id) : undefined
    if (node !== undefined) retained.add(node)
  }
  if (retained.size === 0) return

  const late = new Set<DraftNode>()
  const early = new Set<DraftNode>()
  let first: DraftNode | undefined
  for (const node of inOrder([...draft.named.values(), ...draft.cleanup.values()])) {
    if (retained.has(node)) {
      late.add(node)
      if (first === undefined) first = node
      else node.requires.add(first)
    } else if (some(node.requires, required => late.has(required))) {
      late.add(node)
    } else {
      early.add(node)
      // Whoever waits for it waits for these.
      for (const required of node.requires) early.delete(required)
    }
  }
  for (const node of early) first?.requires.add(node)
}

function some<T>(set: ReadonlySet<T>, test: (one: T) => boolean): boolean {
  for (const one of set) if (test(one)) return true
  return false
}
