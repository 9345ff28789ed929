import { createContext, Script } from 'node:vm'
import { RE2JS } from 're2js'

/** A compiled pattern, as Python's `re.match` followed by "and the match reaches the end". */
export interface Pattern {
  /** @throws PatternError if matching takes too long. */
  matches(text: string): boolean
}

/** The pattern cannot be used; the message says why. */
export class PatternError extends Error {}

const mostKept = 1000
const kept = new Map<string, Pattern | PatternError>()

/** @throws PatternError */
export function compilePattern(source: string): Pattern {
  let pattern = kept.get(source)
  if (pattern === undefined) {
    pattern = compile(source)
    if (kept.size >= mostKept) kept.clear()
    kept.set(source, pattern)
  }
  if (pattern instanceof PatternError) throw pattern
  return pattern
}

function compile(source: string): Pattern | PatternError {
  // Python spells the very end \Z, RE2 \z.
  const translated = source.replace(/\\(.)/gs, (pair, char) => (char === 'Z' ? '\\z' : pair))
  try {
    const compiled = RE2JS.compile(translated)
    return {
      matches: text => {
        const matcher = compiled.matcher(text)
        return matcher.lookingAt() && matcher.end() === text.length
      },
    }
  } catch (error) {
    return native(source) ?? new PatternError(`"${source}" is not a regular expression: ${(error as Error).message}`)
  }
}

/** Milliseconds that one text may keep a native expression busy. */
const patience = 50

/** Look-ahead and back-references are beyond RE2: the native engine does them, stopped when it backtracks for too long. */
function native(source: string): Pattern | undefined {
  const javascript = source
    .replaceAll('(?P<', '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replaceAll('\\Z', '$(?![^])')
  let script: Script
  try {
    new RegExp(javascript, 'yu')
    script = new Script(`new RegExp(${JSON.stringify(javascript)}, 'yu').exec(text)?.[0].length === text.length`)
  } catch {
    return undefined
  }
  return {
    matches: text => {
      try {
        return script.runInContext(createContext({ text }), { timeout: patience }) === true
      } catch {
        throw new PatternError(`"${source}" takes too long to match`)
      }
    },
  }
}
