import * as errors from '../errors.js'
import type { JsonMap } from '../plugin/index.js'
import { type ReadJson, readJson } from '../template/index.js'

export interface BodyLimits {
  readonly bytes: number
  readonly depth: number
}

const jsonTypes = /^(text\/plain|application\/json|JSON)\b/i

/**
 * Reads a request's body as Heat does: JSON only if the type says so (or nothing) and it begins with `{`; anything
 * else counts as no body. @throws HTTPBadRequest with the parser's text, RequestLimitExceeded.
 */
export function readBody(
  payload: Buffer | null,
  contentType: string | undefined,
  limits: BodyLimits,
  { floats = false }: Pick<ReadJson, 'floats'> = {},
): JsonMap | undefined {
  if (payload === null || payload.length === 0) return undefined
  if (payload.length > limits.bytes) {
    throw errors.requestLimitExceeded(
      `JSON body size (${payload.length} bytes) exceeds maximum allowed size (${limits.bytes} bytes).`,
    )
  }
  if (contentType !== undefined && contentType !== '' && !jsonTypes.test(contentType)) return undefined
  const text = decode(payload)
  if (!text.startsWith('{')) return undefined
  if (depthOf(text) > limits.depth) {
    throw errors.badRequest(`The body is nested deeper than ${limits.depth} levels ([DEFAULT] max_json_body_depth).`)
  }
  try {
    return readJson(text, { floats }) as JsonMap
  } catch (error) {
    throw errors.badRequest((error as Error).message)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function decode(payload: Buffer): string {
  try {
    return utf8.decode(payload)
  } catch {
    throw errors.badRequest('The body is not valid UTF-8.')
  }
}

/** Deepest nesting of brackets outside of strings; before parsing, which would recurse as deep. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let quoted = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (quoted) {
      if (code === 92) index++
      else if (code === 34) quoted = false
    } else if (code === 34) quoted = true
    else if (code === 123 || code === 91) deepest = Math.max(deepest, ++depth)
    else if (code === 125 || code === 93) depth--
  }
  return deepest
}
