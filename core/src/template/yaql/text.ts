import { floatText, numberText } from '../values/float.js'
import { Moment, Span } from './moment.js'
import { momentText, spanText } from './moment-text.js'
import { Dict, Float, isList, Lazy, Regex, type Value, ValueSet } from './values.js'

/** `str(value)` of YAQL: JSON's words for null and booleans, else Python's text. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value
  return value === null ? 'null' : typeof value === 'boolean' ? String(value) : representation(value)
}

/** `repr(value)` in Python. */
export function representation(value: Value): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'string') return quoted(value)
  if (value instanceof Float) return floatText(value.value)
  // Lists are tuples there, and sets are frozen.
  if (isList(value)) return `(${value.map(representation).join(', ')}${value.length === 1 ? ',' : ''})`
  if (value instanceof ValueSet) {
    return value.size === 0 ? 'frozenset()' : `frozenset({${[...value].map(representation).join(', ')}})`
  }
  if (value instanceof Dict) {
    return `{${[...value.entries()].map(([key, item]) => `${representation(key)}: ${representation(item)}`).join(', ')}}`
  }
  if (value instanceof Moment) return momentText(value)
  if (value instanceof Span) return spanText(value)
  return value instanceof Regex ? `regex(${quoted(value.source)})` : '<iterator>'
}

/** The kind of a value, as errors name it. */
export function kindOf(value: Value): string {
  if (value === null) return 'null'
  if (isList(value)) return 'list'
  if (value instanceof Float) return 'number'
  if (value instanceof Dict) return 'dict'
  if (value instanceof ValueSet) return 'set'
  if (value instanceof Lazy) return 'iterator'
  if (value instanceof Moment) return 'datetime'
  if (value instanceof Span) return 'timespan'
  return value instanceof Regex ? 'regex' : typeof value
}

function quoted(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')
  return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) + mark
}
