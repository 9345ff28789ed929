import type { ChildReached, Children, Json, JsonMap, ResourceType, StoredResource } from '@hearth/core/plugin'
import { adjustedSize, adjustmentIn, type Limits } from './adjustment.js'
import { cooldownFor, cooldownIn, later, shownCooldown, withCooldown } from './cooldown.js'
import { stackOf } from './members.js'
import { refuseTooMuch } from './member-limits.js'
import { orderIn } from './scaled-attributes.js'
import { membersOf, namesFrom, resized, type ScaledAim, sizeOf } from './scaled-members.js'

/** A group whose size policies change, by signals, with a cooldown after each change. Pure. */

interface Adjustable extends Pick<ScaledAim, 'wanted' | 'types'> {
  readonly limits: Limits
  /** Seconds; null: none. */
  readonly cooldown: Json
}

/** What a scaling policy asks for, unless it changes nothing, or comes too early. @param of undefined: it is not known yet. */
export const signalledSizes = (
  of: (stored: StoredResource) => Adjustable | undefined,
): Required<Pick<Children, 'adjust' | 'adjusted'>> => ({
  adjust(how, { stored, inside, now, seed }) {
    const adjustable = of(stored)
    if (adjustable === undefined) return undefined
    const { wanted, types, limits, cooldown } = adjustable
    const members = membersOf(inside)
    const current = sizeOf(members)
    const adjustment = adjustmentIn(how)
    const size = adjustedSize(current, adjustment, limits)
    const cooling = coolingOf(stored)
    if (size === current || (cooling !== undefined && now < cooling.until)) return undefined
    refuseTooMuch(size, wanted)
    const newName = namesFrom(
      seed,
      members.map(({ name }) => name),
    )
    return {
      ...stackOf(resized(members, size, { wanted, newName }), types),
      note: { after: `${adjustment.said} : ${adjustment.amount}`, cooldown: how.cooldown ?? cooldown },
    }
  },
  adjusted: ({ after, cooldown }, { stored, now }) =>
    withCooldown(stored.received, cooldownFor(cooldown, after as string, now)),
})

/** What is kept of a create or an update, which a cooldown follows, too. */
export function cooledDown(
  cooldown: Json | undefined,
  attributes: JsonMap,
  { stored, now }: Pick<ChildReached, 'stored' | 'now'>,
): JsonMap {
  return withCooldown(stored.data, cooldownFor(cooldown, `ExactCapacity : ${orderIn(attributes).length}`, now))
}

export const scalingMetadata: ResourceType['metadata'] = (stored, { inside }) => ({
  ...shownCooldown(coolingOf(stored)),
  // What an operation of the stack around does is not meant, as in Heat.
  scaling_in_progress: inside?.status === 'IN_PROGRESS' && stored.status !== 'IN_PROGRESS',
})

const coolingOf = ({ data, received }: Pick<StoredResource, 'data' | 'received'>) =>
  later(cooldownIn(data), cooldownIn(received))
