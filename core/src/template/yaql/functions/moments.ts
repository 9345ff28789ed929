import { YaqlError } from '../error.js'
import { type Fields, Moment, Span } from '../moment.js'
import { any, integer, maybe, moment, number, optional, span, text, textOrNull } from '../parameters.js'
import { type FunctionSpec, functionOf, methodOf } from '../registry.js'
import { numberOf, type Value } from '../values.js'
import { float } from './numbers.js'
import { offsetOf, read, written } from './date-formats.js'

/** Dates with times. What an expression gives depends on nothing but its data: there is no `now`. */
export const moments: readonly FunctionSpec[] = [
  functionOf(
    'datetime',
    [
      integer('year'),
      integer('month'),
      integer('day'),
      optional(integer('hour'), 0),
      optional(integer('minute'), 0),
      optional(integer('second'), 0),
      optional(integer('microsecond'), 0),
      optional(span('offset'), Span.zero),
    ],
    (_, year, month, day, hour, minute, second, microsecond, offset) =>
      Moment.of({ year, month, day, hour, minute, second, microsecond }, offset),
  ),
  functionOf('datetime', [number('timestamp'), optional(span('offset'), Span.zero)], (_, timestamp, offset) =>
    Moment.at(Span.rounded(numberOf(timestamp) * 1e6).microseconds + offset.microseconds, offset),
  ),
  functionOf('datetime', [text('string'), optional(textOrNull('format'), null)], ({ budget }, string, format) => {
    budget.checkSearch(string)
    if (format === null || format === '') return fromIso(string)
    budget.checkSearch(format)
    return read(string, format)
  }),
  functionOf('isDatetime', [any('value')], (_, value) => value instanceof Moment),
  methodOf(
    'replace',
    [
      moment('dt'),
      maybe(integer('year')),
      maybe(integer('month')),
      maybe(integer('day')),
      maybe(integer('hour')),
      maybe(integer('minute')),
      maybe(integer('second')),
      maybe(integer('microsecond')),
      maybe(span('offset')),
    ],
    (_, { fields, offset: own }, year, month, day, hour, minute, second, microsecond, offset) =>
      Moment.of(
        {
          year: year ?? fields.year,
          month: month ?? fields.month,
          day: day ?? fields.day,
          hour: hour ?? fields.hour,
          minute: minute ?? fields.minute,
          second: second ?? fields.second,
          microsecond: microsecond ?? fields.microsecond,
        },
        offset ?? own,
      ),
  ),
  methodOf('format', [moment('dt'), text('format')], ({ budget }, dt, format) => {
    budget.checkSearch(format)
    return written(dt, format)
  }),
  functionOf('+', [moment('dt'), span('ts')], (_, dt, ts) => dt.plus(ts)),
  functionOf('+', [span('ts'), moment('dt')], (_, ts, dt) => dt.plus(ts)),
  functionOf('-', [moment('dt'), span('ts')], (_, dt, ts) => dt.plus(new Span(-ts.microseconds))),
  functionOf('-', [moment('dt1'), moment('dt2')], (_, one, other) => new Span(one.instant - other.instant)),
  functionOf('<', [moment('dt1'), moment('dt2')], (_, one, other) => one.instant < other.instant),
  functionOf('<=', [moment('dt1'), moment('dt2')], (_, one, other) => one.instant <= other.instant),
  functionOf('>', [moment('dt1'), moment('dt2')], (_, one, other) => one.instant > other.instant),
  functionOf('>=', [moment('dt1'), moment('dt2')], (_, one, other) => one.instant >= other.instant),
  functionOf('#member', [moment('dt'), text('property')], (_, dt, property) => {
    const of = Object.hasOwn(properties, property) ? properties[property] : undefined
    if (of === undefined) {
      throw new YaqlError(`A datetime has no '${property}'; expected ${Object.keys(properties).join(', ')}`)
    }
    return of(dt)
  }),
]

const field =
  (name: keyof Fields) =>
  ({ fields }: Moment): Value =>
    fields[name]

const properties: Readonly<Record<string, (dt: Moment) => Value>> = {
  year: field('year'),
  month: field('month'),
  day: field('day'),
  hour: field('hour'),
  minute: field('minute'),
  second: field('second'),
  microsecond: field('microsecond'),
  weekday: dt => dt.weekday,
  date: dt => dt.plus(new Span(-dt.timeOfDay)),
  time: dt => new Span(dt.timeOfDay),
  utc: dt => Moment.at(dt.instant, Span.zero),
  offset: dt => dt.offset,
  timestamp: dt => float(Number(dt.instant) / 1e6),
}

const iso =
  /^(\d{4})(?:-(\d{1,2})-(\d{1,2})|(\d{2})(\d{2}))(?:[Tt ](\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,6})\d*)?)?)?\s*([zZ]|[+-]\d{2}:?\d{2})?$/

/** A day, with or without the time of it, in UTC unless it tells an offset. @throws YaqlError */
function fromIso(string: string): Moment {
  const parts = iso.exec(string.trim())
  if (parts === null) {
    throw new YaqlError(
      `datetime(): '${string.slice(0, 60)}' is no date of ISO 8601, as 2026-03-01T12:00:00Z; others are read by a format`,
    )
  }
  const [, year, month, day, bareMonth, bareDay, hour = '0', minute = '0', second = '0', fraction = '', zone] = parts
  const fields = {
    year: Number(year),
    month: Number(month ?? bareMonth),
    day: Number(day ?? bareDay),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    microsecond: Number(fraction.padEnd(6, '0')),
  }
  return Moment.of(fields, zone === undefined ? Span.zero : offsetOf(zone))
}
