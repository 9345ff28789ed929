import { YaqlError } from './error.js'

const million = 1_000_000n
const aDay = 86_400n * million
const longest = 999_999_999n * aDay

/** A time that passes: `timespan` of YAQL. Below zero it goes back. */
export class Span {
  static readonly zero = new Span(0n)

  /** @throws YaqlError beyond what Python's may be. */
  constructor(readonly microseconds: bigint) {
    if (microseconds > longest || microseconds < -longest) {
      throw new YaqlError('The timespan is beyond ±999999999 days')
    }
  }

  /** A part of one, halves to the even neighbour. @throws YaqlError */
  static rounded(microseconds: number): Span {
    if (!Number.isFinite(microseconds)) throw new YaqlError('The timespan is beyond all bounds')
    const floor = Math.floor(microseconds)
    const half = microseconds - floor === 0.5
    return new Span(BigInt(half ? floor + Math.abs(floor % 2) : Math.round(microseconds)))
  }
}

/** What the clock and the calendar say somewhere. */
export interface Fields {
  /** 1 to 9999. */
  readonly year: number
  /** 1 is January. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly microsecond: number
}

/** A day and the time of it, to the microsecond, with how far the clock there is from UTC: `datetime` of YAQL. */
export class Moment {
  private constructor(
    /** Microseconds since 1970 by the clock there. */
    readonly local: bigint,
    /** Of the clock there from UTC, to the east. */
    readonly offset: Span,
  ) {}

  /** @throws YaqlError for a day that there is not. */
  static of(fields: Fields, offset: Span): Moment {
    const { year, month, day, hour, minute, second, microsecond } = fields
    within('year', year, 1, 9999)
    within('month', month, 1, 12)
    const midnight = new Date(0).setUTCFullYear(year, month - 1, day)
    if (day < 1 || new Date(midnight).getUTCDate() !== day) throw new YaqlError('day is out of range for month')
    within('hour', hour, 0, 23)
    within('minute', minute, 0, 59)
    within('second', second, 0, 59)
    within('microsecond', microsecond, 0, 999_999)
    const seconds = midnight / 1000 + hour * 3600 + minute * 60 + second
    return Moment.at(BigInt(seconds) * million + BigInt(microsecond), offset)
  }

  /** @param local microseconds since 1970 by the clock there. @throws YaqlError before year 1 and after 9999. */
  static at(local: bigint, offset: Span): Moment {
    const from = offset.microseconds
    if (from <= -aDay || from >= aDay) throw new YaqlError('The offset from UTC must be less than a day')
    if (local < earliest || local >= latest) throw new YaqlError('The date is beyond the years 1 to 9999')
    return new Moment(local, offset)
  }

  /** Microseconds since 1970 in UTC: equal moments are equal here, wherever they are. */
  get instant(): bigint {
    return this.local - this.offset.microseconds
  }

  get fields(): Fields {
    const microsecond = remainder(this.local, million)
    const date = new Date(Number((this.local - microsecond) / 1000n))
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      microsecond: Number(microsecond),
    }
  }

  /** Monday is 0. */
  get weekday(): number {
    return Number(remainder((this.local - this.timeOfDay) / aDay + 3n, 7n))
  }

  /** Microseconds since midnight there. */
  get timeOfDay(): bigint {
    return remainder(this.local, aDay)
  }

  plus({ microseconds }: Span): Moment {
    return Moment.at(this.local + microseconds, this.offset)
  }
}

/** The first moment of year 1, and the first after 9999. */
const earliest = -62_135_596_800n * million
const latest = 253_402_300_800n * million

function within(what: string, value: number, least: number, most: number): void {
  if (value < least || value > most) throw new YaqlError(`${what} must be in ${least}..${most}, not ${value}`)
}

/** With the sign of the divisor, which is above zero. */
function remainder(value: bigint, divisor: bigint): bigint {
  const rest = value % divisor
  return rest < 0n ? rest + divisor : rest
}
