import type { ResourceRow, ResourceWrite } from '@hearth/db'
import type { GivenUp, StackRef } from '../../plugin/index.js'
import { Change } from './change.js'
import { aborted } from '../failure.js'
import { leave } from '../hooks.js'
import { type Incarnation, incarnationOf, untouched } from './incarnation.js'
import type { Secrets } from '../secrets/secrets.js'

/** Whether a row changes when its step is given up: what was under way has failed, what waited at a hook waits no more. */
export const isLeft = (row: ResourceRow, why: GivenUp): boolean => fails(row, why) || row.hook !== null

/**
 * What is written of such a row. One that cannot be read, since another key encrypted it, keeps what is encrypted as it is:
 * rows are given up together, and the others are not to wait for it.
 * @param unreadable is told why
 */
export function givenUp(
  row: ResourceRow,
  stack: StackRef,
  why: GivenUp,
  secrets: Secrets,
  unreadable: (error: unknown) => void,
): ResourceWrite {
  try {
    return changeOf(row, incarnationOf(row, secrets), stack, why).toWrite(secrets)
  } catch (error) {
    unreadable(error)
    const { hiddenProperties, sealed, data } = row
    const bare = incarnationOf({ ...row, hiddenProperties: null, sealed: null, data: null, received: null }, secrets)
    const write = changeOf(row, bare, stack, why).toWrite(secrets)
    if (write.state !== undefined) write.state = { ...write.state, hiddenProperties, sealed, data }
    return write
  }
}

function changeOf(row: ResourceRow, incarnation: Incarnation, stack: StackRef, why: GivenUp): Change {
  if (!fails(row, why)) return leave(incarnation, stack)
  const reason = typeof why === 'object' ? why.reason : aborted(row.action, why)
  const action = untouched(row) ? 'CREATE' : row.action
  return new Change(incarnation, stack).enter(action, 'FAILED', reason).set({ cursor: null, hook: null })
}

const fails = (row: ResourceRow, why: GivenUp): boolean => row.status === 'IN_PROGRESS' || isBlamed(row, why)

/** A create that left no trace before it was given up for a reason of its own. */
const isBlamed = (row: ResourceRow, why: GivenUp): boolean => typeof why === 'object' && untouched(row)
