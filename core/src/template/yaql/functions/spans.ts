import { YaqlError } from '../error.js'
import { Span } from '../moment.js'
import { any, integer, number, optional, real, span, text } from '../parameters.js'
import { type FunctionSpec, functionOf } from '../registry.js'
import { isInteger, numberOf, type Value } from '../values.js'
import { float, whole } from './numbers.js'

/** Microseconds of each part that a timespan is made of. */
const parts = {
  days: 86_400_000_000,
  hours: 3_600_000_000,
  minutes: 60_000_000,
  seconds: 1_000_000,
  milliseconds: 1000,
  microseconds: 1,
}

/** Times that pass. */
export const spans: readonly FunctionSpec[] = [
  functionOf(
    'timespan',
    Object.keys(parts).map(name => optional(integer(name), 0)),
    (_, ...given) => {
      const sizes = Object.values(parts)
      return new Span(given.reduce((sum, count, index) => sum + BigInt(count) * BigInt(sizes[index] ?? 0), 0n))
    },
  ),
  functionOf('isTimespan', [any('value')], (_, value) => value instanceof Span),
  functionOf('utctz', [], () => Span.zero),
  functionOf('+', [span('ts1'), span('ts2')], (_, one, other) => new Span(one.microseconds + other.microseconds)),
  functionOf('-', [span('ts1'), span('ts2')], (_, one, other) => new Span(one.microseconds - other.microseconds)),
  functionOf('*', [span('ts'), number('n')], (_, ts, n) => times(ts, n)),
  functionOf('*', [number('n'), span('ts')], (_, n, ts) => times(ts, n)),
  functionOf('/', [span('ts1'), span('ts2')], (_, one, other) =>
    float(Number(one.microseconds) / notZero(Number(other.microseconds))),
  ),
  functionOf('/', [span('ts'), real('n')], (_, ts, n) => Span.rounded(Number(ts.microseconds) / notZero(n))),
  functionOf('-x', [span('ts')], (_, ts) => new Span(-ts.microseconds)),
  functionOf('+x', [span('ts')], (_, ts) => ts),
  functionOf('<', [span('ts1'), span('ts2')], (_, one, other) => one.microseconds < other.microseconds),
  functionOf('<=', [span('ts1'), span('ts2')], (_, one, other) => one.microseconds <= other.microseconds),
  functionOf('>', [span('ts1'), span('ts2')], (_, one, other) => one.microseconds > other.microseconds),
  functionOf('>=', [span('ts1'), span('ts2')], (_, one, other) => one.microseconds >= other.microseconds),
  functionOf('#member', [span('ts'), text('property')], (_, { microseconds }, property): Value => {
    const size = Object.hasOwn(parts, property) ? parts[property as keyof typeof parts] : undefined
    if (size === undefined) {
      throw new YaqlError(`A timespan has no '${property}'; expected ${Object.keys(parts).join(', ')}`)
    }
    return size === 1 ? whole(Number(microseconds)) : float(Number(microseconds) / size)
  }),
]

const times = ({ microseconds }: Span, n: Parameters<typeof numberOf>[0]): Span =>
  isInteger(n) ? new Span(microseconds * BigInt(n)) : Span.rounded(Number(microseconds) * numberOf(n))

function notZero(divisor: number): number {
  if (divisor === 0) throw new YaqlError('division by zero')
  return divisor
}
