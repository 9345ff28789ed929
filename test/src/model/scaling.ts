import type { Random } from '@hearth/conformance'
import { members, plain } from './nested.js'
import type { WantedResource } from './templates.js'

const names = { group: 'scaled', policy: 'scale' }

/** A group that scales, and a policy: each signal to it adds a member, or takes one away. */
export function withScaling(random: Random, resources: readonly WantedResource[]): WantedResource[] {
  const least = random.below(2)
  const group: WantedResource = {
    ...plain,
    kind: 'scaling',
    name: names.group,
    inside: members(random).slice(0, 1),
    least,
    most: least + random.between(1, 3),
    dependsOn: resources.filter(() => random.chance(0.15)).map(one => one.name),
  }
  const policy: WantedResource = {
    ...plain,
    kind: 'policy',
    name: names.policy,
    scales: names.group,
    by: random.pick([1, 1, 2, -1]),
  }
  return [...resources, group, policy]
}
