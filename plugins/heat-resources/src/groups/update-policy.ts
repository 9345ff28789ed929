import { type Json, type MaybeUnknown, type PropertySchema, ResourceFailure, Unknown } from '@hearth/core/plugin'
import type { BatchPolicy } from './batches.js'
import { asMap, isMap } from './members.js'

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

/** As CloudFormation has it. */
export const cfnRollingUpdate: PropertySchema = {
  type: 'map',
  description: 'In what batches members get another launch configuration. Absent: they keep what they have.',
  schema: {
    MinInstancesInService: minInService,
    MaxBatchSize: batchSize,
    PauseTime: {
      type: 'string',
      description: 'How long to wait between batches: PT#H#M#S, an hour at most.',
      default: 'PT0S',
    },
  },
}

const most = 3600

/** Of a policy as CloudFormation has it. @throws ResourceFailure for a pause that is none, or too long. */
export function cfnPolicyOf(given: MaybeUnknown | undefined): BatchPolicy | undefined {
  if (!isMap(given) || Unknown.within(given)) return undefined
  const { MaxBatchSize: size, MinInstancesInService: least, PauseTime: pause } = given
  return { maxBatchSize: Number(size), minInService: Number(least), pauseSeconds: pauseSeconds(pause) }
}

function pauseSeconds(given: MaybeUnknown | undefined): number {
  const text = typeof given === 'string' ? given : ''
  const [whole, hours = 0, minutes = 0, seconds = 0] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(text) ?? []
  if (whole === undefined) throw wrong('Only ISO 8601 duration format of the form PT#H#M#S is supported.')
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  if (total > most) throw wrong('Maximum PauseTime is 1 hour.')
  return total
}

const wrong = (message: string): ResourceFailure => new ResourceFailure(message, 'ValueError')

/** Undefined: there is none, and everything happens at once. */
export function policyOf(given: Json | undefined): BatchPolicy | undefined {
  if (given === undefined || given === null) return undefined
  const { max_batch_size: size, min_in_service: least = 0, pause_time: pause } = asMap(given)
  return { maxBatchSize: Number(size), minInService: Number(least), pauseSeconds: Number(pause) }
}

/** @throws ResourceFailure if the pauses alone take as long as everything may. */
export function refuseLong(batches: number, { pauseSeconds }: BatchPolicy, timeoutSeconds: number): void {
  if (pauseSeconds * Math.max(batches - 1, 0) < timeoutSeconds) return
  throw wrong('The current update policy will result in stack update timeout.')
}
