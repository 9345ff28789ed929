import type { HearthError, Place, Problem } from '../errors.js'
import { sayable, shortened } from '../told.js'
import { isTemplateFile, placesIn, repeatedKeys, type Warning } from '../template/index.js'

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
  readonly files: Readonly<Record<string, unknown>>
}
const none: Texts = { template: undefined, files: {} }

/** Warnings that one answer tells. */
const mostWarnings = 100

/**
 * What is allowed and probably not meant, for the answer of a validation that found nothing wrong.
 * @param found in the template; keys that a map has twice are found in the texts.
 */
export function warningsOf(texts: Texts, found: readonly Warning[]): readonly Warning[] {
  const { template, files } = texts
  const read = [[undefined, template] as const, ...Object.entries(files).filter(([file]) => isTemplateFile(file))]
  const repeated = read.flatMap(([file, text]) =>
    (typeof text === 'string' ? repeatedKeys(text) : []).map(place => ({
      message: `The key ${shortened(place.path)} stands there before; only the last one counts`,
      ...(file === undefined ? {} : { file }),
      ...place,
      path: sayable(place.path),
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
    errors: problems.map(problem => ({ ...problem, ...placeOf(problem), path: sayable(problem.path) })),
  }
}

/** Each text is read through once, when it is first asked about. */
function placesInAll({ template, files }: Texts): (place: Place) => { line: number; column: number } | undefined {
  const known = new Map<string | undefined, ReturnType<typeof placesIn>>()
  return ({ file, path, line }) => {
    if (line !== undefined) return undefined
    const text = file === undefined ? template : Object.hasOwn(files, file) ? files[file] : undefined
    if (typeof text !== 'string') return undefined
    const placeOf = known.get(file) ?? placesIn(text)
    known.set(file, placeOf)
    return placeOf(path)
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
