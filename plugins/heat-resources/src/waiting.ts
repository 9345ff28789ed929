import { again, type Json, type Progress } from '@hearth/core/plugin'

/** Milliseconds between looks at a step that waits for ever. */
const foreverMs = 60_000

/** A cursor that only waits: until when, in milliseconds since the epoch; null: for ever. */
interface Waiting {
  readonly until: number | null
}

/**
 * Waits by coming again, holding nothing. @returns what to answer now, or undefined once the time is over.
 * @param seconds 0 or less than 0 (for ever), drawn when the step begins; later calls go by the cursor.
 */
export function waitFor(seconds: () => number, cursor: Json | undefined, now: number): Progress | undefined {
  const waiting = (cursor as unknown as Waiting | undefined) ?? begin(seconds(), now)
  if (waiting === undefined) return undefined
  if (waiting.until === null) return again({ until: null }, { afterMs: foreverMs })
  const left = waiting.until - now
  return left > 0 ? again({ until: waiting.until }, { afterMs: left }) : undefined
}

function begin(seconds: number, now: number): Waiting | undefined {
  if (seconds === 0) return undefined
  return { until: seconds < 0 ? null : now + seconds * 1000 }
}
