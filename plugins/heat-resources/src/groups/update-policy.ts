import { type Json, type PropertySchema, ResourceFailure } from '@hearth/core/plugin'
import type { BatchPolicy } from './batches.js'
import { asMap } from './members.js'

/** How a policy says in what batches a group is changed. */

const batchSize: PropertySchema = {
  type: 'integer',
  description: 'The maximum number of resources to create or replace at once.',
  default: 1,
  constraints: [{ range: { min: 1 } }],
}
const pauseTime: PropertySchema = {
  type: 'number',
  description: 'The number of seconds to wait between batches.',
  default: 0,
  constraints: [{ range: { min: 0 } }],
}
const minInService: PropertySchema = {
  type: 'integer',
  description: 'The minimum number of resources in service while others are changed.',
  default: 0,
  constraints: [{ range: { min: 0 } }],
}

const inBatches = { max_batch_size: batchSize, pause_time: pauseTime }

/** Of groups that have a fixed number of members. */
export const rollingUpdateInPlace: PropertySchema = {
  type: 'map',
  description: 'In what batches members get another definition.',
  schema: inBatches,
}
export const rollingUpdate: PropertySchema = {
  ...rollingUpdateInPlace,
  schema: { min_in_service: minInService, ...inBatches },
}
export const batchCreate: PropertySchema = {
  type: 'map',
  description: 'In what batches members are created.',
  schema: inBatches,
}

/** Undefined: there is none, and everything happens at once. */
export function policyOf(given: Json | undefined): BatchPolicy | undefined {
  if (given === undefined || given === null) return undefined
  const { max_batch_size: size, min_in_service: least = 0, pause_time: pause } = asMap(given)
  return { maxBatchSize: Number(size), minInService: Number(least), pauseSeconds: Number(pause) }
}

/** @throws ResourceFailure if the pauses alone take as long as everything may. */
export function refuseLong(batches: number, { pauseSeconds }: BatchPolicy, timeoutSeconds: number): void {
  if (pauseSeconds * Math.max(batches - 1, 0) < timeoutSeconds) return
  throw new ResourceFailure('The current update policy will result in stack update timeout.', 'ValueError')
}
