import * as errors from '../../errors.js'
import type { Json, JsonMap } from '../../plugin/json.js'
import { type Formats, plainFormats } from '../formats/index.js'
import { JsonNumberError, readJson } from './json.js'
import { excess, measured } from './limits.js'
import { isMap } from '../values/maps.js'
import { placedIn } from '../problems.js'
import { dumps, length } from '../values/python.js'
import { instead, suggestion } from '../values/suggest.js'
import { parseYaml, YamlError } from './yaml.js'

export interface ParseLimits {
  /** Characters that a template may have. */
  readonly maxSize: number
  /** Lists and maps inside each other. */
  readonly maxDepth?: number
  /** Whose keys name a template's version. Absent: those of Hearth itself. */
  readonly formats?: Formats
  /** The key of the request's files that the text is. Absent: it is the template itself. */
  readonly file?: string
  /** The text was taken before: a number that cannot be kept is null, as it was kept then, and not refused. */
  readonly stored?: boolean
}

const usualDepth = 100
/** Written out, a document with aliases may be this many times as long as the longest template. */
const expansion = 8
/** Written out, what counts as one in the size of a value has fewer characters: the longest is a number with a key's quotes. */
const longestWritten = 32
/** Shorter environments may grow as if they had this many characters. */
const smallText = 65_536

/**
 * The tree of a template's text: JSON, else YAML 1.1.
 * @throws HearthError HTTPBadRequest `Template not in valid format: …`, RequestLimitExceeded.
 */
export function parseTemplateText(text: string, limits: ParseLimits): JsonMap {
  return limits.file === undefined ? templateIn(text, limits) : placedIn(limits.file, () => templateIn(text, limits))
}

function templateIn(text: string, limits: ParseLimits): JsonMap {
  const { keys } = limits.formats ?? plainFormats
  checkSize(text.length > limits.maxSize ? length(text) : text.length, limits)
  const invalid = (why: string): errors.HearthError => errors.badRequest(`Template not in valid format: ${why}`)
  const tree = read(text, limits, (why, mark) =>
    invalid(`Error parsing template ${limits.file ?? '[root stack]'} ${why}`).at({ path: '', ...mark }),
  )
  if (tree !== null && !isMap(tree)) {
    throw invalid('The template is not a JSON object or YAML mapping.').at({ path: '', line: 1, column: 1 })
  }
  if (tree !== null && keys.some(key => Object.hasOwn(tree, key))) return tree
  const misspelt = Object.keys(tree ?? {}).find(key => suggestion(key, keys) !== undefined)
  const hint = instead(misspelt ?? '', keys)
  throw invalid(`Template format version not found.${hint}`).at({ path: misspelt ?? '' })
}

/** Checks a template that came as an object. @throws HearthError as parseTemplateText. */
export function acceptTemplate(template: Json, limits: ParseLimits): JsonMap {
  if (!isMap(template)) {
    throw errors.badRequest('Template not in valid format: The template is not a JSON object or YAML mapping.')
  }
  const { size, excess: why } = measured(template, {
    size: Number.POSITIVE_INFINITY,
    depth: limits.maxDepth ?? usualDepth,
  })
  if (why !== undefined) throw errors.badRequest(`Template not in valid format: ${why}`)
  // Most are far below the limit, and need not be written out to know it.
  if (size * longestWritten > limits.maxSize) checkSize(dumps(template).length, limits)
  return template
}

/**
 * The tree of an environment's text, whose size the request's limits bound, before its sections are looked at. @throws
 * HearthError HTTPBadRequest
 */
export function parseEnvironmentTree(
  text: string,
  { maxDepth = usualDepth, file }: Omit<ParseLimits, 'maxSize'>,
): Json {
  const limits = { maxSize: Math.max(text.length, smallText), maxDepth }
  return read(text, limits, (why, mark) => {
    const error = errors.badRequest(`Environment not in valid format: ${file === undefined ? '' : `${file}: `}${why}`)
    return error.at(file === undefined ? { path: 'environment', ...mark } : { file, path: '', ...mark })
  })
}

/** @param mark the line and column, from 1, if they are known. */
type Invalid = (why: string, mark?: YamlError['mark']) => errors.HearthError

/** The tree of any other document of a request: JSON, else YAML 1.1. @param invalid makes the error. */
export function parseDocument(text: string, { maxSize, maxDepth }: ParseLimits, invalid: Invalid): Json {
  return read(
    text,
    { maxSize: Math.max(maxSize, text.length), ...(maxDepth === undefined ? {} : { maxDepth }) },
    invalid,
  )
}

function read(text: string, { maxSize, maxDepth = usualDepth, stored = false }: ParseLimits, invalid: Invalid): Json {
  const tree = parseJson(text, stored, invalid) ?? readYaml(text, { maxDepth, stored }, invalid)
  const why = excess(tree, { size: maxSize * expansion, depth: maxDepth })
  if (why !== undefined) throw invalid(why)
  return tree
}

function readYaml(text: string, how: Parameters<typeof parseYaml>[1], invalid: Invalid): Json {
  try {
    return parseYaml(text, how) as Json
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw invalid(error.message, error.mark)
  }
}

function parseJson(text: string, stored: boolean, invalid: Invalid): Json | undefined {
  if (!/^\s*\{/.test(text)) return undefined
  try {
    return readJson(text, { stored, floats: true })
  } catch (error) {
    if (error instanceof JsonNumberError) throw invalid(error.message)
    return undefined
  }
}

function checkSize(size: number, { maxSize }: ParseLimits): void {
  if (size <= maxSize) return
  throw errors.requestLimitExceeded(`Template size (${size} bytes) exceeds maximum allowed size (${maxSize} bytes).`)
}
