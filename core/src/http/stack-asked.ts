import type { StackRow } from '@hearth/db'
import { findLiveStack, findStack } from '../stack/read/find.js'
import type { Asked, HttpServices } from './context.js'

/** Finds the stack that a path `/stacks/{name}/{id}/…` names. @throws EntityNotFound */
export interface StackAsked {
  /** Deleted ones, too. */
  readonly found: (asked: Asked) => Promise<StackRow>
  readonly live: (asked: Asked) => Promise<StackRow>
}

export const stackAsked = (services: HttpServices): StackAsked => ({
  found: ({ caller, params }) => findStack(services, caller, params.name as string, params.id as string),
  live: ({ caller, params }) => findLiveStack(services, caller, params.name as string, params.id as string),
})
