import { type MaybeUnknown, PropertyFailure } from '@hearth/core/plugin'
import { Cron } from 'croner'
import { attempt } from '../attempt.js'
import { text } from '../text.js'

/** When something is due: at one point in time, or again and again. */
export interface Timetable {
  /** The first due time after `ms`, or, of a single one, that one whenever it is; milliseconds since the epoch. */
  from(ms: number): number | undefined
  /** The first due time after `ms`; undefined: there is none any more. */
  after(ms: number): number | undefined
}

const rfc3339Form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i

/**
 * Reads `at`, or `cron` in `timezone`.
 * @throws ResourceFailure naming the property that is wrong, or saying that it has to be one of both.
 */
export function timetableOf(properties: Readonly<Record<string, MaybeUnknown>>): Timetable {
  const { at, cron, timezone } = properties
  if (typeof at === 'string' && cron === null) return single(at)
  if (typeof cron === 'string' && at === null) return recurring(cron, text(timezone))
  throw new PropertyFailure('at', 'expected either at or cron, and not both')
}

function single(at: string): Timetable {
  const ms = rfc3339Form.test(at) ? Date.parse(at) : Number.NaN
  if (Number.isNaN(ms)) throw new PropertyFailure('at', `'${at}' is no time of RFC 3339, such as 2026-03-01T12:00:00Z`)
  return { from: () => ms, after: now => (ms > now ? ms : undefined) }
}

function recurring(expression: string, timezone: string): Timetable {
  if (attempt(() => new Intl.DateTimeFormat('en', { timeZone: timezone })) === undefined) {
    throw new PropertyFailure('timezone', `'${timezone}' is no time zone, such as Europe/Berlin`)
  }
  // Croner takes a point in time as well, and then knows no next one.
  const cron = /\s|^@/.test(expression.trim())
    ? attempt(() => new Cron(expression.trim(), { paused: true, timezone, mode: '5-or-6-parts' }))
    : undefined
  if (cron === undefined) {
    throw new PropertyFailure(
      'cron',
      `'${expression}' is no cron expression of five fields, or six with seconds in front`,
    )
  }
  const after = (ms: number): number | undefined => cron.nextRun(new Date(ms))?.getTime()
  return { from: after, after }
}
