import type { HearthError, Place, Problem } from '../errors.js'
import { sayable, shortened } from '../told.js'
import { isTemplateFile, placesIn, repeatedKeys, type Warning, withoutLastStep } from '../template/index.js'

/** Heat's fault envelope (heat/api/middleware/fault.py): the same shape for every error, which clients show. */
export interface Envelope {
  readonly code: number
  readonly title: string
  readonly explanation: string
  readonly error: { readonly type: string; readonly message: string; readonly traceback: string | null }
  /** Hearth's own: all that is wrong with a template, the `error` first. */
  readonly errors?: readonly Problem[]
}

const malformed = 'The server could not comply with the request since it is either malformed or otherwise incorrect.'
const texts: Readonly<Record<number, readonly [title: string, explanation: string]>> = {
  400: ['Bad Request', malformed],
  401: [
    'Unauthorized',
    'This server could not verify that you are authorized to access the document you requested. Either you supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials required.',
  ],
  403: ['Forbidden', 'Access was denied to this resource.'],
  404: ['Not Found', 'The resource could not be found.'],
  405: ['Method Not Allowed', malformed],
  409: ['Conflict', 'There was a conflict when trying to complete your request.'],
  500: ['Internal Server Error', 'The server has either erred or is incapable of performing the requested operation.'],
  503: ['Service Unavailable', 'The server is currently unavailable. Please try again at a later time.'],
}

export function envelope(status: number, type: string, message: string, traceback: string | null = null): Envelope {
  const [title, explanation] = texts[status] ?? texts[500] ?? ['', '']
  return { code: status, title, explanation, error: { type, message, traceback } }
}

/** The texts of a request: its template, if that came as text, and its files. */
export interface Texts {
  readonly template: string | undefined
  /** Its environment, if that came as text. Paths of it begin with `environment`. */
  readonly environment: string | undefined
  /** Keys of files that are environments, instead of that one; the last one wins. */
  readonly environmentFiles: readonly string[]
  readonly files: Readonly<Record<string, unknown>>
}
const none: Texts = { template: undefined, environment: undefined, environmentFiles: [], files: {} }

/** Warnings that one answer tells. */
const mostWarnings = 100

/**
 * What is allowed and probably not meant, for the answer of a validation that found nothing wrong.
 * @param found in the template; keys that a map has twice are found in the texts.
 */
export function warningsOf(texts: Texts, found: readonly Warning[]): readonly Warning[] {
  const { template, environment, environmentFiles, files } = texts
  const isRead = (file: string): boolean => isTemplateFile(file) || environmentFiles.includes(file)
  const read: readonly (readonly [at: Partial<Place>, text: unknown])[] = [
    [{}, template],
    [{ path: ofEnvironment }, environment],
    ...Object.entries(files).flatMap(([file, text]) => (isRead(file) ? [[{ file }, text] as const] : [])),
  ]
  const repeated = read.flatMap(([{ path: before = '', ...of }, text]) =>
    (typeof text === 'string' ? repeatedKeys(text) : []).map(place => ({
      message: `The key ${shortened(place.path)} stands there before; only the last one counts`,
      ...of,
      ...place,
      path: sayable(before + place.path),
    })),
  )
  const placeOf = placesInAll(texts)
  return [...repeated, ...found.map(warning => ({ ...warning, ...placeOf(warning) }))].slice(0, mostWarnings)
}

/** What is wrong with a template is told with line and column wherever it stands in a text of the request. */
export function envelopeOf(error: HearthError, traceback: string | null = null, texts: Texts = none): Envelope {
  const bare = envelope(error.status, error.type, error.httpMessage, traceback)
  const { type, message, path } = error
  const place = error.place ?? (path === undefined ? undefined : { path })
  const problems = error.problems ?? (place === undefined ? [] : [{ type, message, ...place }])
  if (problems.length === 0) return bare
  const placeOf = placesInAll(texts)
  return {
    ...bare,
    errors: problems.map(problem => {
      const placed = { ...problem, ...placeOf(problem) }
      return { ...placed, path: sayable(placed.path) }
    }),
  }
}

const ofEnvironment = 'environment.'

/**
 * Where it stands in the texts; of an environment of several files it is the last one that has it. Each text is read through
 * once, when it is first asked about.
 */
function placesInAll({ template, environment, environmentFiles, files }: Texts): (place: Place) => Partial<Place> {
  const known = new Map<unknown, ReturnType<typeof placesIn>>()
  const lookIn = (text: unknown, path: string): ReturnType<ReturnType<typeof placesIn>> => {
    if (typeof text !== 'string') return undefined
    const placeOf = known.get(text) ?? placesIn(text)
    known.set(text, placeOf)
    return placeOf(path)
  }
  return ({ file, path, line }) => {
    if (line !== undefined) return {}
    if (file !== undefined) return lookIn(Object.hasOwn(files, file) ? files[file] : undefined, path) ?? {}
    if (!path.startsWith(ofEnvironment)) return lookIn(template, path) ?? {}
    const inside = path.slice(ofEnvironment.length)
    for (const one of environmentFiles.toReversed()) {
      const text = Object.hasOwn(files, one) ? files[one] : undefined
      const [found, around] = [lookIn(text, inside), lookIn(text, withoutLastStep(inside))]
      // Where only what is around it is written, another file has it.
      if (found !== undefined && (found.line !== around?.line || found.column !== around.column))
        return { file: one, path: inside, ...found }
    }
    return lookIn(environment, inside) ?? {}
  }
}

/** Types of errors that HTTP itself raises. */
const httpTypes: Readonly<Record<number, string>> = {
  400: 'HTTPBadRequest',
  403: 'HTTPForbidden',
  404: 'HTTPNotFound',
  405: 'HTTPMethodNotAllowed',
  409: 'HTTPConflict',
  503: 'HTTPServiceUnavailable',
}
export const httpError = (status: number, message: string): Envelope =>
  envelope(status, httpTypes[status] ?? 'HTTPException', message)
