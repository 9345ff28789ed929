import { YaqlError } from '../error.js'
import { type Fields, Moment, Span } from '../moment.js'
import { offsetText, padded } from '../moment-text.js'

const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const short = (names: readonly string[]): string[] => names.map(name => name.slice(0, 3))

/** What is read so far; a year of two digits and the hour of twelve are made whole at the end. */
interface Read extends Partial<Record<keyof Fields, number>> {
  afternoon?: boolean
  dayOfYear?: number
  offset?: Span
}

/** One of C's codes, as `%Y`: how it is written, and how it is read, if it can be. */
interface Code {
  write(moment: Moment): string
  readonly pattern?: string
  read?(text: string, into: Read): void
}

const number = (width: number, most: number, field: keyof Fields): Code => ({
  write: ({ fields }) => padded(fields[field], width),
  pattern: `\\d{1,${most}}`,
  read: (text, into) => {
    into[field] = Number(text)
  },
})

const named = (
  names: readonly string[],
  of: (moment: Moment) => number,
  read?: (index: number, into: Read) => void,
): Code => ({
  write: moment => names[of(moment)] ?? '',
  pattern: names.join('|'),
  read: (text, into) => read?.(indexIn(names, text), into),
})

const indexIn = (names: readonly string[], text: string): number =>
  names.findIndex(name => name.toLowerCase() === text.toLowerCase())

const asMonth = (index: number, into: Read): void => {
  into.month = index + 1
}
const monthOf = ({ fields }: Moment): number => fields.month - 1
const weekdayOf = ({ weekday }: Moment): number => weekday

/** Of C99, in the words of the C locale. */
const codes: Readonly<Record<string, Code>> = {
  Y: number(4, 4, 'year'),
  m: number(2, 2, 'month'),
  d: number(2, 2, 'day'),
  H: number(2, 2, 'hour'),
  M: number(2, 2, 'minute'),
  S: number(2, 2, 'second'),
  f: {
    write: ({ fields }) => padded(fields.microsecond, 6),
    pattern: '\\d{1,6}',
    read: (text, into) => {
      into.microsecond = Number(text.padEnd(6, '0'))
    },
  },
  y: {
    write: ({ fields }) => padded(fields.year % 100),
    pattern: '\\d{2}',
    read: (text, into) => {
      into.year = Number(text) + (Number(text) < 69 ? 2000 : 1900)
    },
  },
  I: {
    write: ({ fields }) => padded(fields.hour % 12 || 12),
    pattern: '\\d{1,2}',
    read: (text, into) => {
      into.hour = Number(text)
      into.afternoon ??= false
    },
  },
  p: {
    write: ({ fields }) => (fields.hour < 12 ? 'AM' : 'PM'),
    pattern: 'AM|PM',
    read: (text, into) => {
      into.afternoon = text.toUpperCase() === 'PM'
    },
  },
  j: {
    write: moment => padded(dayOfYear(moment), 3),
    pattern: '\\d{1,3}',
    read: (text, into) => {
      into.dayOfYear = Number(text)
    },
  },
  A: named(days, weekdayOf),
  a: named(short(days), weekdayOf),
  B: named(months, monthOf, asMonth),
  b: named(short(months), monthOf, asMonth),
  w: { write: ({ weekday }) => String((weekday + 1) % 7), pattern: '[0-6]' },
  U: { write: moment => padded(weekOf(moment, (moment.weekday + 1) % 7)) },
  W: { write: moment => padded(weekOf(moment, moment.weekday)) },
  z: {
    write: ({ offset }) => offsetText(offset, ''),
    pattern: 'Z|[+-]\\d{2}:?\\d{2}',
    read: (text, into) => {
      into.offset = offsetOf(text)
    },
  },
  Z: { write: ({ offset }) => (offset.microseconds === 0n ? 'UTC' : ''), pattern: 'UTC|GMT|Z' },
  '%': { write: () => '%', pattern: '%' },
}

/** Codes that stand for several. */
const compound: Readonly<Record<string, string>> = {
  c: '%a %b %d %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
  D: '%m/%d/%y',
  T: '%H:%M:%S',
  F: '%Y-%m-%d',
}

/** `strftime`. @throws YaqlError for a code that there is not. */
export const written = (moment: Moment, format: string): string =>
  format.replace(/%([^])/g, (_, name: string) => {
    const whole = own(compound, name)
    return whole === undefined ? codeOf(name).write(moment) : written(moment, whole)
  })

/** `strptime`: a text that is just as the format says, in UTC unless it tells an offset. @throws YaqlError */
export function read(text: string, format: string): Moment {
  const found: Code[] = []
  const unfolded = format.replace(/%([^])/g, (code, name: string) => own(compound, name) ?? code)
  const pattern = unfolded.replace(/%([^])|\s+|[\\^$.*+?()[\]{}|/]/g, (piece, name?: string) => {
    if (name === undefined) return /^\s/.test(piece) ? '\\s+' : `\\${piece}`
    const code = codeOf(name)
    if (code.pattern === undefined) throw new YaqlError(`datetime(): %${name} can be written, and not read`)
    if (name === '%') return '%'
    // So a pattern has few parts of no fixed length, and matching takes no time.
    if (found.includes(code)) throw new YaqlError(`datetime(): %${name} stands twice in the format`)
    found.push(code)
    return `(${code.pattern})`
  })
  const match = new RegExp(`^${pattern}$`, 'iu').exec(text)
  if (match === null) throw new YaqlError(`datetime(): '${text.slice(0, 60)}' is not of the form '${format}'`)
  const into: Read = {}
  found.forEach((code, index) => code.read?.(match[index + 1] ?? '', into))
  return momentOf(into)
}

function momentOf({ afternoon, dayOfYear: place, offset = Span.zero, ...given }: Read): Moment {
  const hour = given.hour ?? 0
  const fields = {
    ...{ year: 1900, month: 1, day: 1, minute: 0, second: 0, microsecond: 0 },
    ...given,
    hour: afternoon === undefined ? hour : (hour % 12) + (afternoon ? 12 : 0),
  }
  if (place === undefined) return Moment.of(fields, offset)
  return Moment.of({ ...fields, month: 1, day: 1 }, offset).plus(new Span(BigInt(place - 1) * 86_400_000_000n))
}

/** `Z`, `+02:00` or `+0200`. */
export function offsetOf(text: string): Span {
  if (/^z$/i.test(text)) return Span.zero
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2))
  return new Span(BigInt(text.startsWith('-') ? -minutes : minutes) * 60_000_000n)
}

function dayOfYear({ fields: { year, month, day } }: Moment): number {
  const start = new Date(0).setUTCFullYear(year, 0, 1)
  return (new Date(0).setUTCFullYear(year, month - 1, day) - start) / 86_400_000 + 1
}

/** @param weekday counted from the first day of weeks. */
const weekOf = (moment: Moment, weekday: number): number => Math.floor((dayOfYear(moment) + 6 - weekday) / 7)

function codeOf(name: string): Code {
  const code = own(codes, name)
  if (code !== undefined) return code
  throw new YaqlError(
    `%${name} is no code of a date; expected one of ${Object.keys({ ...codes, ...compound })
      .map(one => `%${one}`)
      .join(' ')}`,
  )
}

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined
