import type { HearthError, Problem } from '../errors.js'
import { sayable } from '../told.js'
import { noTexts, placesInTexts, type Texts } from './places.js'

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

function envelope(status: number, type: string, message: string, traceback: string | null = null): Envelope {
  const [title, explanation] = texts[status] ?? texts[500] ?? ['', '']
  return { code: status, title, explanation, error: { type, message, traceback } }
}

/** What is wrong with a template is told with line and column wherever it stands in a text of the request. */
export function envelopeOf(error: HearthError, traceback: string | null = null, texts: Texts = noTexts): Envelope {
  const bare = envelope(error.status, error.type, error.httpMessage, traceback)
  const { type, message, path } = error
  const place = error.place ?? (path === undefined ? undefined : { path })
  const problems = error.problems ?? (place === undefined ? [] : [{ type, message, ...place }])
  if (problems.length === 0) return bare
  const placeOf = placesInTexts(texts)
  return {
    ...bare,
    errors: problems.map(problem => {
      const placed = { ...problem, ...placeOf(problem) }
      return { ...placed, path: sayable(placed.path) }
    }),
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
