import * as errors from '../errors.js'

/** A resource as the graph sees it. */
export interface Vertex {
  readonly name: string
  readonly requires: readonly string[]
}

/**
 * Names, requirements first, otherwise in the order given.
 * @param label how an error names a resource, e.g. `RandomString "key"`.
 * @param placeOf where it stands that one requires another.
 * @throws HearthError CircularDependencyException, naming what is left once everything else is in order.
 */
export function inOrder(
  vertices: ReadonlyMap<string, Vertex>,
  label: (name: string) => string,
  placeOf: (name: string, required: string) => string,
): string[] {
  const order: string[] = []
  const done = new Set<string>()
  const open = new Set<string>()
  for (const start of vertices.keys()) {
    if (done.has(start)) continue
    // An explicit stack: a chain of 10,000 resources is deeper than the call stack.
    const path: { readonly vertex: Vertex; next: number }[] = []
    const enter = (name: string): void => {
      const vertex = vertices.get(name)
      if (vertex === undefined || done.has(name)) return
      if (open.has(name)) {
        const last = path.at(-1)?.vertex.name ?? name
        const circle = path.slice(path.findIndex(({ vertex: one }) => one.name === name)).map(one => one.vertex.name)
        const text = `${describe(remaining(vertices), label)}${shown([...circle, name])}`
        throw errors.circularDependency(text).at({ path: placeOf(last, name) })
      }
      open.add(name)
      path.push({ vertex, next: 0 })
    }
    enter(start)
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const required = top.vertex.requires[top.next++]
      if (required !== undefined) {
        enter(required)
        continue
      }
      path.pop()
      open.delete(top.vertex.name)
      done.add(top.vertex.name)
      order.push(top.vertex.name)
    }
  }
  return order
}

/** What is on a cycle or behind one: everything else has been taken away, leaves first. */
function remaining(vertices: ReadonlyMap<string, Vertex>): Map<string, Set<string>> {
  const left = new Map<string, Set<string>>()
  const neededBy = new Map<string, string[]>()
  for (const { name, requires } of vertices.values()) {
    left.set(name, new Set(requires))
    for (const required of requires) neededBy.set(required, [...(neededBy.get(required) ?? []), name])
  }
  const free = [...left].filter(([, requires]) => requires.size === 0).map(([name]) => name)
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    left.delete(name)
    for (const dependent of neededBy.get(name) ?? []) {
      const requires = left.get(dependent)
      requires?.delete(name)
      if (requires?.size === 0) free.push(dependent)
    }
  }
  return left
}

const describe = (left: Map<string, Set<string>>, label: (name: string) => string): string =>
  `{${[...left].map(([name, requires]) => `${label(name)}: {${[...requires].map(label).join(', ')}}`).join(', ')}}`

/** Resources of a circle that is written out. */
const mostShown = 10

const shown = (circle: readonly string[]): string =>
  circle.length > mostShown ? '' : ` (${circle.join(' requires ')})`
