import type { Moment, Span } from './moment.js'

/** `str()` of a datetime in Python: `2015-08-29 16:30:00.000123+02:00`. */
export function momentText(moment: Moment): string {
  const { year, month, day, hour, minute, second, microsecond } = moment.fields
  const fraction = microsecond === 0 ? '' : `.${padded(microsecond, 6)}`
  const clock = `${padded(hour)}:${padded(minute)}:${padded(second)}${fraction}`
  return `${padded(year, 4)}-${padded(month)}-${padded(day)} ${clock}${offsetText(moment.offset, ':')}`
}

/** `str()` of a timedelta in Python: `-1 day, 2:03:04.000005`; only the days are below zero. */
export function spanText({ microseconds }: Span): string {
  const days = (microseconds - (((microseconds % aDay) + aDay) % aDay)) / aDay
  const rest = Number(microseconds - days * aDay)
  const seconds = Math.floor(rest / 1e6)
  const fraction = rest % 1e6 === 0 ? '' : `.${padded(rest % 1e6, 6)}`
  const clock = `${Math.floor(seconds / 3600)}:${padded(Math.floor(seconds / 60) % 60)}:${padded(seconds % 60)}${fraction}`
  return days === 0n ? clock : `${days} day${days === 1n || days === -1n ? '' : 's'}, ${clock}`
}

/** `+0200`, or `+02:00` with a mark between; seconds only where there are some. */
export function offsetText({ microseconds }: Span, mark: string): string {
  const seconds = Number((microseconds < 0n ? -microseconds : microseconds) / 1_000_000n)
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  if (parts[2] === 0) parts.pop()
  return (microseconds < 0n ? '-' : '+') + parts.map(part => padded(part)).join(mark)
}

export const padded = (value: number, width = 2): string => String(value).padStart(width, '0')

const aDay = 86_400_000_000n
