import type { Random } from '@hearth/conformance'
import type { WantedResource } from './templates.js'

/** What is within a stack inside. */
type Graph = (names: readonly string[]) => readonly WantedResource[]

/** Of the stacks inside, from the outermost. */
const levels = ['n', 'm'] as const
const namesInside = ['x', 'y', 'z']
const mostMembers = 3
export const plain = { value: '', fixed: '', polls: 0, fail: false, kept: false, needs: [], dependsOn: [] } as const

/**
 * One more resource, which is a stack of its own: of a template, or a group of equal things. It leans on some of those
 * before it, and some of those after it lean on it. Within a template there may be another one.
 */
export function withNested(
  random: Random,
  resources: readonly WantedResource[],
  graph: Graph,
  level = 0,
): WantedResource[] {
  const name = levels[level]
  if (name === undefined) return [...resources]
  const at = random.below(resources.length + 1)
  const before = resources.slice(0, at)
  const inside = random.chance(0.6)
    ? { kind: 'stack' as const, inside: within(random, graph, level + 1) }
    : { kind: 'group' as const, inside: members(random) }
  const nested: WantedResource = {
    ...plain,
    ...inside,
    name,
    dependsOn: before.filter(() => random.chance(0.3)).map(one => one.name),
  }
  const after = resources
    .slice(at)
    .map(one => (!one.kept && random.chance(0.3) ? { ...one, dependsOn: [...one.dependsOn, name] } : one))
  return [...before, nested, ...after]
}

function within(random: Random, graph: Graph, level: number): readonly WantedResource[] {
  const resources = graph(namesInside)
  return random.chance(0.4) ? withNested(random, resources, graph, level) : resources
}

export function members(random: Random): WantedResource[] {
  const value = `v${random.below(3)}`
  const fixed = `f${random.below(2)}`
  const polls = random.below(3)
  return Array.from({ length: random.between(1, mostMembers) }, (_, index) => ({
    ...plain,
    name: `${index}`,
    kind: 'thing' as const,
    value,
    fixed,
    polls,
  }))
}
