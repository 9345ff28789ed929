import type { DraftNode } from './draft.js'

/**
 * Prerequisites first. Rows may lean on each other in a circle: each was brought to another template, and the operation
 * that was to bring them together was superseded or failed. Such a circle is opened where it costs least, because every
 * stack must have a way to be updated and deleted.
 * @throws Error for a circle of converge nodes: a definition has none, so that is a bug.
 */
export function inOrder(nodes: readonly DraftNode[]): DraftNode[] {
  for (;;) {
    const found = attempt(nodes)
    if ('ordered' in found) return found.ordered
    open(found.circle)
  }
}

/** Depth first. The circle's nodes each require the next one, and the last one the first. */
function attempt(all: readonly DraftNode[]): { ordered: DraftNode[] } | { circle: DraftNode[] } {
  const ordered: DraftNode[] = []
  const done = new Set<DraftNode>()
  const entered = new Set<DraftNode>()
  // An explicit stack: a chain of 10,000 resources is deeper than the call stack.
  const path: { node: DraftNode; rest: Iterator<DraftNode> }[] = []
  for (const start of all) {
    if (done.has(start)) continue
    if (start.requires.size === 0) {
      done.add(start)
      ordered.push(start)
      continue
    }
    entered.add(start)
    path.push({ node: start, rest: start.requires.values() })
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.next()
      if (next.done) {
        path.pop()
        entered.delete(top.node)
        done.add(top.node)
        ordered.push(top.node)
      } else if (entered.has(next.value)) {
        const on = path.map(({ node }) => node)
        return { circle: on.slice(on.indexOf(next.value)) }
      } else if (!done.has(next.value)) {
        entered.add(next.value)
        path.push({ node: next.value, rest: next.value.requires.values() })
      }
    }
  }
  return { ordered }
}

/** Takes one edge away: one that is only a preference, else one between two cleanups. */
function open(circle: readonly DraftNode[]): void {
  const edges = circle.map((node, index) => ({ node, required: circle[(index + 1) % circle.length] as DraftNode }))
  const edge =
    edges.find(({ node, required }) => node.preferred?.has(required) === true) ??
    edges.find(({ node, required }) => node.step === 'cleanup' && required.step === 'cleanup')
  if (edge === undefined) {
    const [first] = circle
    throw new Error(`the plan has a cycle through ${first?.step} of ${first?.name}`)
  }
  edge.node.requires.delete(edge.required)
  edge.node.preferred?.delete(edge.required)
}
