import {
  boolYaml11Tag,
  defineMappingTag,
  defineScalarTag,
  EVENT_ID,
  FAILSAFE_SCHEMA,
  floatYaml11Tag,
  getScalarValue,
  intYaml11Tag,
  loadAll,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
} from 'js-yaml'
import type { Json } from '../../plugin/json.js'
import { Float, floatValue } from '../values/float.js'

/**
 * Reads one YAML 1.1 document as PyYAML's safe loader does in Heat: dates stay text, the last of equal keys wins.
 * Aliases share their value, so the answer may hold the same list or map in several places.
 * @param stored the text was taken before: a number that cannot be kept is null, as it was kept then.
 * @throws YamlError
 */
export function parseYaml(
  text: string,
  { maxDepth, stored = false }: { readonly maxDepth: number; readonly stored?: boolean },
): unknown {
  let documents: unknown[]
  try {
    documents = loadAll(text, {
      schema: stored ? storedSchema : schema,
      json: true,
      maxDepth,
      maxTotalMergeKeys: mostMergedKeys,
    })
  } catch (error) {
    throw told(error instanceof NoValue ? located(text, error, maxDepth) : error)
  }
  if (documents.length > 1) throw new YamlError('expected a single document in the stream')
  return documents[0] ?? null
}

/** The text is not YAML; the message says why and where. */
export class YamlError extends Error {
  constructor(
    message: string,
    /** Both from 1. */
    readonly mark?: { readonly line: number; readonly column: number } | undefined,
  ) {
    super(message)
  }
}

const mostMergedKeys = 100_000

/** A scalar that no value can be made of. */
class NoValue extends Error {
  constructor(
    readonly source: string,
    message: string,
  ) {
    super(message)
  }
}

/** The same with its place: js-yaml does not tell it to those who make values. */
function located(text: string, { source, message }: NoValue, maxDepth: number): unknown {
  try {
    for (const event of parseEvents(text, { maxDepth })) {
      if (event.type !== EVENT_ID.SCALAR || event.style !== SCALAR_STYLE.PLAIN) continue
      if (getScalarValue(text, event) === source) YAMLException.throwAt(text, event.valueStart, message)
    }
    return new Error(message)
  } catch (error) {
    return error
  }
}

function told(error: unknown): YamlError {
  if (error instanceof YAMLException) {
    return new YamlError(describe(error), error.mark && { line: error.mark.line + 1, column: error.mark.column + 1 })
  }
  // js-yaml's manual: not only YAMLException may come out of untrusted text.
  return new YamlError(String((error as Error).message ?? error))
}

/** `y` and `n` are text to PyYAML. */
const bool = defineScalarTag('tag:yaml.org,2002:bool', {
  ...boolYaml11Tag,
  resolve: (source, explicit, tag) =>
    source.length === 1 ? NOT_RESOLVED : boolYaml11Tag.resolve(source, explicit, tag),
})

/** An integer that a double cannot hold stays the text it was. */
const int = defineScalarTag<number | string>('tag:yaml.org,2002:int', {
  ...intYaml11Tag,
  resolve: (source, explicit, tag) => {
    const value = intYaml11Tag.resolve(source, explicit, tag)
    if (value === NOT_RESOLVED || Number.isSafeInteger(value)) return value === 0 ? 0 : value
    return /^[-+]?[1-9][0-9]*$/.test(source) ? source : exactly(source)
  },
})

/** The digits of an integer that is written in another base, or with marks between. */
function exactly(source: string): string {
  const [, sign, digits = ''] = /^([-+]?)(.*)$/.exec(source.replaceAll('_', '')) ?? []
  const minus = sign === '-' ? '-' : ''
  if (!digits.includes(':')) return minus + BigInt(digits.replace(/^0(?=\d)/, '0o'))
  return minus + digits.split(':').reduce((sum, part) => sum * 60n + BigInt(part), 0n)
}

/** A moment stays the text it was, also where it says that it is one. */
const timestamp = defineScalarTag<string>('tag:yaml.org,2002:timestamp', {
  resolve: source => source,
  identify: () => false,
})

/**
 * A sign directly before the dot makes text. A whole float is a `Float`. @param infinite what becomes of what JSON has
 * no number for, such as `.inf`.
 */
const floatWith = (infinite: (source: string) => null) =>
  defineScalarTag<Json>('tag:yaml.org,2002:float', {
    ...floatYaml11Tag,
    resolve: (source, explicit, tag) => {
      if (explicit && /^[-+]?[0-9]+$/.test(source)) return floatValue(Number(source))
      const value = /^[-+]\.[0-9_]/.test(source) ? NOT_RESOLVED : floatYaml11Tag.resolve(source, explicit, tag)
      if (value === NOT_RESOLVED) return value
      return Number.isFinite(value) ? floatValue(value) : infinite(source)
    },
  })

/** A float as a key is the text that Python makes of it. */
const map = defineMappingTag('tag:yaml.org,2002:map', {
  ...mapTag,
  addPair: (carrier, key, item) => mapTag.addPair(carrier, keyOf(key), item),
  has: (carrier, key) => mapTag.has(carrier, keyOf(key)),
})

const keyOf = (key: unknown): unknown => (Float.is(key) ? String(key) : key)

function refuseInfinite(source: string): never {
  throw new NoValue(
    source,
    `${source} is not a number that can be kept; expected at most 1.7e308. Quote it to mean text`,
  )
}

/** PyYAML knows the plain `=` as a tag, and has nothing that makes a value of it. */
const value = defineScalarTag<never>('tag:yaml.org,2002:value', {
  implicit: true,
  implicitFirstChars: ['='],
  resolve: source => {
    if (source !== '=') return NOT_RESOLVED
    throw new NoValue(source, "could not determine a constructor for the tag 'tag:yaml.org,2002:value'")
  },
  identify: () => false,
})

const schemaWith = (infinite: (source: string) => null) =>
  FAILSAFE_SCHEMA.withTags(map, nullYaml11Tag, bool, int, floatWith(infinite), mergeTag, value, timestamp)
const schema = schemaWith(refuseInfinite)
const storedSchema = schemaWith(() => null)

/** The reason as it helps who wrote the text. @param found the character at the place. */
function meantBy(reason: string, found: string | undefined): string {
  if (reason === 'bad indentation of a mapping entry' && found === ':')
    return 'mapping values are not allowed here: mend the indentation, or quote a text with a colon and a blank in it'
  if (reason === 'deficient indentation') return `${reason}: a quote or a bracket before it may not be closed`
  return reason
}

/** Reason, place, the line and a caret under the place, as PyYAML prints them. */
function describe({ reason, mark }: YAMLException): string {
  const known = reason.replace(/^unknown \w+ tag !<(.*)>$/, "could not determine a constructor for the tag '$1'")
  if (mark === undefined) return known
  const { buffer, position, line, column } = mark
  const why = meantBy(known, buffer[position])
  const start = position - column
  const end = buffer.indexOf('\n', position)
  const snippet = buffer.slice(
    Math.max(start, position - 60),
    Math.min(end === -1 ? buffer.length : end, position + 60),
  )
  const caret = ' '.repeat(Math.min(column, 60))
  return `${why}\n  in "<unicode string>", line ${line + 1}, column ${column + 1}:\n    ${snippet}\n    ${caret}^`
}
