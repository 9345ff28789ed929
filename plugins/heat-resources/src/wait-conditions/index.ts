/**
 * Wait conditions and their handles, of both families: a handle takes signals, a condition waits for enough of them.
 * What another type does with signals is not in here.
 * Start at `signals.ts` for what a handle keeps, then `conditions.ts` for the wait.
 */
import type { ResourceType } from '@hearth/core/plugin'
import { awsWaitCondition, waitCondition } from './conditions.js'
import { awsHandle, handle, updateHandle } from './handles.js'

export const waitConditions: readonly ResourceType[] = [
  awsHandle,
  awsWaitCondition,
  handle,
  updateHandle,
  waitCondition,
]
