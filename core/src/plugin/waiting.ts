import type { Json } from './json.js'
import { again, type Progress } from './resource-type.js'

/** A step that waits for ever comes again so often, in milliseconds. */
const foreverMs = 60_000

/** The cursor of a step that only waits. Null: for ever. */
interface Waiting {
  readonly until: number | null
}

/**
 * Waits by coming again, holding nothing. @returns what a step answers meanwhile; undefined: the time is over.
 * @param ms how long, in milliseconds, asked when the step begins; later calls go by the cursor. Infinity: for ever.
 */
export function waitFor(ms: () => number, cursor: Json | undefined, now: number): Progress | undefined {
  const until = parked(cursor) ?? now + ms()
  return until > now ? park(until, now) : undefined
}

/** What a step answers that waits until a time, in milliseconds since the epoch, which stays the same however often it comes. */
export const park = (until: number, now: number): Progress =>
  Number.isFinite(until) ? again({ until }, { afterMs: until - now }) : again({ until: null }, { afterMs: foreverMs })

/** Until when a step waits that comes again; undefined: it has just begun. */
export const parked = (cursor: Json | undefined): number | undefined =>
  cursor === undefined ? undefined : ((cursor as unknown as Waiting).until ?? Number.POSITIVE_INFINITY)
