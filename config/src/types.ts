/** How the text of an option becomes its value. */
export interface OptionType<T> {
  /** Shown in errors and in the sample: what is allowed. */
  readonly expected: string
  /** @returns undefined if the text is not allowed. */
  parse(text: string): T | undefined
  print(value: T): string
  readonly secret?: boolean
  /** An empty text is an error. Else it is as good as unset. */
  readonly neverEmpty?: true
}

/** A truth value: true or false, yes or no, on or off, 1 or 0. */
export const boolean: OptionType<boolean> = {
  expected: 'true or false (also yes/no, on/off, 1/0)',
  parse: readBoolean,
  print: String,
}

/** What operators write for true and false, in any case. */
export function readBoolean(text: string): boolean | undefined {
  const word = text.trim().toLowerCase()
  if (['true', 'yes', 'on', '1'].includes(word)) return true
  if (['false', 'no', 'off', '0'].includes(word)) return false
  return undefined
}

interface Bounds {
  readonly min?: number
  readonly max?: number
}

/** A whole number, within bounds if any are given. */
export const integer = (bounds: Bounds = {}): OptionType<number> => numeric('a whole number', /^[+-]?\d{1,15}$/, bounds)
/** A number, within bounds if any are given. */
export const float = (bounds: Bounds = {}): OptionType<number> =>
  numeric('a number', /^[+-]?(\d+\.?\d*|\.\d+)$/, bounds)

function numeric(what: string, form: RegExp, bounds: Bounds): OptionType<number> {
  return {
    expected: `${what}${range(bounds)}`,
    parse: text => (form.test(text.trim()) ? within(Number(text), bounds) : undefined),
    print: String,
  }
}

const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }

/** A duration: a number of seconds, or one with a unit, `500ms`, `30s`, `5m`, `1h`, `1d`. The value is in seconds. */
export const seconds = (bounds: Bounds = {}): OptionType<number> => ({
  expected: durations(bounds),
  parse(text) {
    const match = /^(\d+\.?\d*|\.\d+)\s*(ms|s|m|h|d)?$/.exec(text.trim().toLowerCase())
    return match === null ? undefined : within(Number(match[1]) * (units[match[2] ?? 's'] ?? 1), bounds)
  },
  print: String,
})

/** The same, or unset. */
export const optional = <T>(type: OptionType<T>): OptionType<T | undefined> => ({
  ...type,
  print: value => (value === undefined ? '' : type.print(value)),
})

/** Text. Empty is as good as unset. */
export const string: OptionType<string> = {
  expected: 'text',
  parse: value => (value === '' ? undefined : value),
  print: value => value,
}

/** Text that may be absent. */
export const text: OptionType<string | undefined> = {
  expected: 'text',
  parse: value => (value === '' ? undefined : value),
  print: value => value ?? '',
}

/** As `text`, never printed. */
export const secret = (
  expected: string,
  allowed: (value: string) => boolean = () => true,
): OptionType<string | undefined> => ({
  expected,
  parse: value => (value !== '' && allowed(value) ? value : undefined),
  print: () => '',
  secret: true,
})

/** The address of a PostgreSQL, never printed. A driver's name, as SQLAlchemy wants it, is taken off. */
export const postgresUrl: OptionType<string | undefined> = {
  expected: 'postgresql://user:password@host:port/database',
  parse(value) {
    const url = value.trim().replace(/^(postgres(?:ql)?)\+\w+:/, '$1:')
    return /^postgres(ql)?:\/\//.test(url) && URL.canParse(url) ? url : undefined
  },
  print: () => '',
  secret: true,
}

/** Where others reach the API, version included. Heat's form of it, with `/waitcondition` at the end, means the same. */
export const apiUrl: OptionType<string | undefined> = {
  expected: 'http://HOST:PORT/v1, or https, with /waitcondition behind it or without',
  parse(value) {
    const [, url] = /^(https?:\/\/\S+\/v1(?:\.0)?)(?:\/waitcondition)?\/*$/.exec(value.trim()) ?? []
    return url !== undefined && URL.canParse(url) ? url : undefined
  },
  print: value => value ?? '',
}

/** Names, parted by commas. */
export const list: OptionType<readonly string[]> = {
  expected: 'names separated by commas',
  parse: value =>
    value
      .split(/[,\n]/)
      .map(item => item.trim())
      .filter(item => item !== ''),
  print: value => value.join(','),
}

/** One of some words. */
export const choice = <T extends string>(...allowed: readonly T[]): OptionType<T> => ({
  expected: allowed.length === 1 ? `${allowed[0]}` : `one of: ${allowed.join(', ')}`,
  parse: value => allowed.find(item => item.toLowerCase() === value.trim().toLowerCase()),
  print: value => value,
})

/** Some of the words, at least one. */
export const choices = <T extends string>(...allowed: readonly T[]): OptionType<readonly T[]> => ({
  expected: `one or more of ${allowed.join(', ')}, separated by commas`,
  parse(value) {
    const words = list.parse(value)?.map(word => allowed.find(item => item === word.toLowerCase())) ?? []
    const known = words.filter(word => word !== undefined)
    return known.length > 0 && known.length === words.length ? [...new Set(known)] : undefined
  },
  print: value => value.join(','),
  neverEmpty: true,
})

function within(
  value: number,
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Bounds,
): number | undefined {
  return Number.isFinite(value) && value >= min && value <= max ? value : undefined
}

function durations({ min, max }: Bounds): string {
  if (min !== undefined && max !== undefined) return `${min} to ${secondsOf(max)}`
  if (min !== undefined) return `at least ${secondsOf(min)}`
  return max === undefined ? 'a number of seconds' : `at most ${secondsOf(max)}`
}

const secondsOf = (count: number): string => `${count} ${count === 1 ? 'second' : 'seconds'}`

function range({ min, max }: Bounds): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  if (min !== undefined) return ` of at least ${min}`
  return max === undefined ? '' : ` of at most ${max}`
}
