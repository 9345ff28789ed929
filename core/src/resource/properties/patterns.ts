import { type Context, createContext, Script } from 'node:vm'
import { RE2JS } from 're2js'
import { forJavaScript, forRe2, hasEarlyEnd, hasWordEnds } from './python-pattern.js'

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
  try {
    const compiled = RE2JS.compile(forRe2(source))
    // The ends of words that RE2 knows are those of ASCII, and the end of a text is its very end.
    const [words, end] = [hasWordEnds(source), hasEarlyEnd(source)]
    const exact = words || end ? native(source) : undefined
    return {
      matches: text => {
        if (exact !== undefined && ((words && !isAscii(text)) || (end && text.includes('\n'))))
          return exact.matches(text)
        const matcher = compiled.matcher(text)
        return matcher.lookingAt() && matcher.end() === text.length
      },
    }
  } catch (error) {
    return native(source) ?? new PatternError(`"${source}" is not a regular expression: ${(error as Error).message}`)
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text)

/**
 * Milliseconds that one text may keep a native expression busy. Who is not done at the first look gets a second one: on a
 * busy machine time goes by without anything being done.
 */
const patience = [50, 250]
/** Milliseconds that all texts together may take, while nothing else is done. */
const patienceOfTurn = 1000

/** What has happened since this process last did something else. */
const turn = { spent: 0, hopeless: new Set<Script>() }

function endTurn(): void {
  turn.spent = 0
  turn.hopeless.clear()
}

/** Look-ahead and back-references are beyond RE2: the native engine does them, stopped when it backtracks for too long. */
function native(source: string): Pattern | undefined {
  let script: Script
  try {
    const { source: javascript, flags } = forJavaScript(source)
    new RegExp(javascript, `yu${flags}`)
    const made = `new RegExp(${JSON.stringify(javascript)}, 'yu${flags}')`
    script = new Script(`${made}.exec(text)?.[0].length === text.length`)
  } catch {
    return undefined
  }
  return {
    matches: text => {
      // One that was given up is not tried with thousands of other texts.
      if (turn.hopeless.has(script) || turn.spent >= patienceOfTurn) throw tooLong(source)
      for (const most of patience) {
        const answer = inTime(script, text, most)
        if (answer !== undefined) return answer
      }
      turn.hopeless.add(script)
      throw tooLong(source)
    },
  }
}

const tooLong = (source: string): Error => new PatternError(`"${source}" takes too long to match`)

/** Made once: making one takes longer than most matches. */
let sandbox: Context | undefined

/** Undefined: it took too long. */
function inTime(script: Script, text: string, most: number): boolean | undefined {
  if (turn.spent === 0) setImmediate(endTurn)
  sandbox ??= createContext({})
  const started = performance.now()
  try {
    sandbox.text = text
    return script.runInContext(sandbox, { timeout: most }) === true
  } catch {
    return undefined
  } finally {
    sandbox.text = ''
    turn.spent += performance.now() - started
  }
}
