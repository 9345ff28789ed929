import type { ConstraintSchema, Json, JsonMap } from '@hearth/core/plugin'
import { asMap } from './members.js'

/** How long a group is left alone after it has changed its size. Pure. */

export interface Cooldown {
  /** Milliseconds since the epoch. */
  readonly until: number
  /** What it cools down from, e.g. `change_in_capacity : 1`. */
  readonly after: string
}

/** A year, in seconds: whoever wants to leave a group alone for longer does without a policy. */
export const cooldownRange: ConstraintSchema = { range: { min: 0, max: 365 * 24 * 3600 } }

/** Milliseconds since the epoch that a date can be. Source: ECMAScript, "Time Values and Time Range". */
const lastMoment = 8.64e15

export const cooldownIn = ({ cooldown }: JsonMap): Cooldown | undefined => {
  const { until, after } = asMap(cooldown)
  return typeof until === 'number' && until <= lastMoment && typeof after === 'string' ? { until, after } : undefined
}

export const cooldownFor = (seconds: Json | undefined, after: string, now: number): Cooldown => ({
  until: now + Number(seconds ?? 0) * 1000,
  after,
})

/** One does not end another one early. */
export function later(one: Cooldown | undefined, other: Cooldown | undefined): Cooldown | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return one.until > other.until ? one : other
}

/** With what else is kept there. */
export const withCooldown = (kept: JsonMap, cooldown: Cooldown): JsonMap => {
  const { until, after } = later(cooldownIn(kept), cooldown) ?? cooldown
  return { ...kept, cooldown: { until, after } }
}

/** As Heat has it in a group's metadata. */
export const shownCooldown = (cooldown: Cooldown | undefined): JsonMap =>
  cooldown === undefined ? {} : { cooldown_end: { [new Date(cooldown.until).toISOString()]: cooldown.after } }
