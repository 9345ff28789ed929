import type * as model from '../model/check.js'
import type { Wanted } from '../model/templates.js'
import type { Leavings } from './leavings.js'

/** A stack as the client's knowledge of it grows. */
export interface KnownStack extends model.KnownStack {
  readonly project: string
  id: string | undefined
  deleted: boolean
  newest: Wanted | undefined
  readonly sent: Map<string, Wanted>
  readonly accepted: Set<string>
  /** Names of resources that a user has said are not well, since anything was accepted that may mend them. */
  readonly unwell: Set<string>
  /** A request is under way: one client sends one at a time. */
  busy: boolean
  /** That request abandons it. */
  leaving: boolean
  /** What it is made of. */
  readonly adopts: Leavings | undefined
}

/** @param adopts what it is to be made of. */
export const unmadeStack = (name: string, project: string, adopts?: Leavings): KnownStack => ({
  name,
  project,
  id: undefined,
  deleted: false,
  newest: undefined,
  sent: new Map(),
  accepted: new Set(),
  unwell: new Set(),
  busy: false,
  leaving: false,
  adopts,
})

/** A request that leads to this was accepted. */
export function accept(stack: KnownStack, wanted: Wanted): void {
  stack.newest = wanted
  stack.unwell.clear()
  stack.accepted.add(wanted.mark)
}

/** Its request is over, whatever came of it. */
export function requestEnded(stack: KnownStack): void {
  stack.busy = false
  stack.leaving = false
}
