import type { Budget } from '../budget.js'
import { YaqlError } from '../error.js'
import { representation, textOf } from '../text.js'
import { isInteger, isNumber, numberOf, type Value } from '../values.js'

/**
 * Python's `str.format`, without access to attributes and items: `{}`, `{0}`, `{name}`, each with an optional
 * `:[[fill]align][sign][0][width][,][.precision][type]`. @throws YaqlError
 */
export function format(
  budget: Budget,
  template: string,
  values: readonly Value[],
  names: ReadonlyMap<string, Value>,
): string {
  budget.checkSearch(template)
  let next = 0
  let length = 0
  return template.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (all, field?: string) => {
    if (all === '{{' || all === '}}') return all.charAt(0)
    if (field === undefined) throw new YaqlError(`format(): a single '${all}' is not paired`)
    const colon = field.indexOf(':')
    const key = (colon < 0 ? field : field.slice(0, colon)).replace(/![rs]$/, '')
    const value = key === '' ? values[next++] : /^\d+$/.test(key) ? values[Number(key)] : names.get(key)
    if (value === undefined) throw new YaqlError(`format(): there is no value for '{${key}}'`)
    const text = colon < 0 ? plainText(value) : formatted(budget, value, field.slice(colon + 1))
    length += text.length
    budget.checkText(length)
    return text
  })
}

/** Python's `str`, which has words of its own for null and booleans. */
const plainText = (value: Value): string => (typeof value === 'string' ? value : representation(value))

const specification = /^(?:(.)?([<>=^]))?([-+ ])?(0)?(\d+)?(,)?(?:\.(\d+))?([bdeEfFgGnosxX%])?$/su
/** Digits after the point that JavaScript prints. */
const mostDigits = 100

function formatted(budget: Budget, value: Value, written: string): string {
  const parts = specification.exec(written)
  if (parts === null) throw new YaqlError(`format(): '${written}' is no format`)
  const [, fill, align, sign = '-', zero, width = '0', comma, precision, type] = parts
  budget.checkText(Number(width))
  const numeric = isNumber(value)
  const digits = precision === undefined ? undefined : Math.min(Number(precision), mostDigits)
  const body = numeric ? numberText(value, type, digits, comma) : plainText(value).slice(0, digits)
  if (!numeric && type !== undefined && type !== 's') {
    throw new YaqlError(`format(): '${type}' formats numbers, not ${body.slice(0, 40)}`)
  }
  const mark = !numeric ? '' : body.startsWith('-') ? '-' : sign === '-' ? '' : sign
  const bare = body.startsWith('-') && numeric ? body.slice(1) : body
  return padded(mark, bare, {
    fill: fill ?? (zero === undefined ? ' ' : '0'),
    align: align ?? (zero !== undefined && numeric ? '=' : numeric ? '>' : '<'),
    width: Number(width),
  })
}

function numberText(value: Value, type = '', digits: number | undefined, comma: string | undefined): string {
  const number = isNumber(value) ? numberOf(value) : 0
  const radix: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16 }
  const base = radix[type]
  if (base !== undefined) {
    if (!isInteger(value)) throw new YaqlError(`format(): '${type}' formats whole numbers`)
    return type === 'X' ? number.toString(base).toUpperCase() : number.toString(base)
  }
  let text = textOf(value)
  if (type === 'f' || type === 'F') text = number.toFixed(digits ?? 6)
  else if (type === '%') text = `${(number * 100).toFixed(digits ?? 6)}%`
  else if (type === 'e' || type === 'E') text = exponent(number.toExponential(digits ?? 6))
  else if (type === 'd' && !isInteger(value)) throw new YaqlError("format(): 'd' formats whole numbers")
  else if (digits !== undefined) text = exponent(String(Number(number.toPrecision(Math.max(1, digits)))))
  if (type === 'E') text = text.toUpperCase()
  return comma === undefined ? text : text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',')
}

const exponent = (text: string): string => text.replace(/e([-+])(\d)$/, 'e$10$2')

function padded(
  mark: string,
  bare: string,
  { fill, align, width }: { readonly fill: string; readonly align: string; readonly width: number },
): string {
  const missing = Math.max(0, width - [...mark, ...bare].length)
  if (align === '=') return mark + fill.repeat(missing) + bare
  const left = align === '<' ? 0 : align === '>' ? missing : Math.floor(missing / 2)
  return fill.repeat(left) + mark + bare + fill.repeat(missing - left)
}
