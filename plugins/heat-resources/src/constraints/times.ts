import type { AskingConstraint, Clock, PureConstraint } from '@hearth/core/plugin'
import { textConstraint, unless } from './check.js'

const iso =
  /^\d{4}(?:-?(?:\d{2}(?:-?\d{2})?|W\d{2}(?:-?\d)?|\d{3}))?(?:[T ]\d{2}(?::?\d{2}(?::?\d{2}(?:[.,]\d+)?)?)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?$/

/** The fields of cron: the least and greatest number, and names for numbers from the least on. The last may be left out. */
const cronFields: readonly (readonly [name: string, least: number, most: number, names: string])[] = [
  ['minute', 0, 59, ''],
  ['hour', 0, 23, ''],
  ['day of the month', 1, 31, ''],
  ['month', 1, 12, 'jan feb mar apr may jun jul aug sep oct nov dec'],
  ['day of the week', 0, 7, 'sun mon tue wed thu fri sat'],
  ['second', 0, 59, ''],
]

function refuseCron(text: string): string | undefined {
  const fields = text.trim().split(/\s+/)
  const most = cronFields.length
  if (fields.length !== most && fields.length !== most - 1) {
    return `Invalid CRON expression: expected ${most - 1} or ${most} fields, not ${fields.length}`
  }
  const wrong = cronFields.find(
    ([, least, most, names], index) => !isCronField(fields[index] ?? '*', least, most, names),
  )
  return (
    wrong && `Invalid CRON expression: the ${wrong[0]} must be from ${wrong[1]} to ${wrong[2]}, a list, a range or *`
  )
}

function isCronField(field: string, least: number, most: number, names: string): boolean {
  const numberOf = (word: string): number => {
    const named = names.split(' ').indexOf(word.toLowerCase())
    return /^\d{1,2}$/.test(word) ? Number(word) : named < 0 || names === '' ? Number.NaN : least + named
  }
  return field.split(',').every(part => {
    const [range = '', step, more] = part.split('/')
    if (more !== undefined || (step !== undefined && !/^[1-9]\d{0,2}$/.test(step))) return false
    if (range === '*') return true
    const ends = range.split('-')
    const [from = Number.NaN, to = from] = ends.map(numberOf)
    return ends.length <= 2 && from >= least && to <= most && from <= to
  })
}

function isTimezone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}

/** Dates, times and schedules, as written; none of them is compared with now. */
export const timeConstraints: readonly PureConstraint[] = [
  textConstraint('iso_8601', text => unless(iso.test(text), `'${text}' is not a time in ISO 8601`)),
  textConstraint('cron_expression', refuseCron),
  textConstraint('timezone', text => unless(isTimezone(text), `Invalid timezone: '${text}'`)),
]

/** A time to come. It asks the clock, so what was fine when a stack was made may be refused in its next update, as in Heat. */
export function expiration(clock: Pick<Clock, 'now'>): AskingConstraint {
  const { name, refuse } = textConstraint('expiration', text => {
    const wrong = (why: string): string => `Expiration ${text} is invalid: ${why}`
    if (!iso.test(text) || Number.isNaN(Date.parse(text))) return wrong('expected a time in ISO 8601')
    return unless(momentOf(text) > clock.now(), wrong('Expiration time is out of date.'))
  })
  return { name, ask: async value => refuse(value) }
}

/** Milliseconds since the epoch. Without a zone it is meant in UTC. */
const momentOf = (text: string): number =>
  Date.parse(/[T ].*(?:Z|[+-]\d{2}(?::?\d{2})?)$|^[^T ]*$/.test(text) ? text : `${text}Z`)
