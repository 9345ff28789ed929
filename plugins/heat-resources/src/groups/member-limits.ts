import { type ConstraintSchema, ResourceFailure } from '@hearth/core/plugin'
import type { Snippet } from './members.js'

/** How large a group may be before anybody counts what it holds: its members are listed first, and counted then. */

/** Members that any group may have: ten times as many as a stack may by default ([DEFAULT] max_resources_per_stack). */
export const mostMembers = 10_000
/** Characters that the definitions of all members may have. A template that is sent has half a million at most by default. */
const mostCharacters = 32 * 1024 * 1024

export const memberRange: ConstraintSchema = { range: { min: 0, max: mostMembers } }

/** Whether so many members, each with such a definition, are more than a stack inside may be made of. */
export const isTooMuch = (count: number, definition: Snippet): boolean =>
  count > 1 && count * JSON.stringify(definition).length > mostCharacters

/** @throws ResourceFailure if they are too much. */
export function refuseTooMuch(count: number, definition: Snippet): void {
  if (!isTooMuch(count, definition)) return
  throw new ResourceFailure(
    `The definitions of ${count} members are too large together: more than ${mostCharacters} characters`,
    'ValueError',
  )
}
