import { createContext, Script } from 'node:vm'
import { type Json, ResourceFailure } from '@hearth/core/plugin'
import { JSONPathEnvironment, type JSONPathQuery } from 'json-p3'

/** A query may take so long, in milliseconds: descendants of descendants, and patterns, can take for ever. */
const mostMs = 100
/** All queries of one answer together. */
const mostMsOfAnswer = 300
/** On a machine that has much else to do a query that needs less may be late so often. */
const mostTries = 10

/** What is left for queries, in milliseconds of the processor. */
interface Allowance {
  readonly most: number
  left: number
}

const allowed = (most: number): Allowance => ({ most, left: most })

const environment = new JSONPathEnvironment()
/** What runs inside is stopped after its time, whatever it is at. */
const stoppable = createContext({})
const script = new Script('query()')

/** @throws ResourceFailure that says what is wrong with a JSONPath (RFC 9535). */
export function checkPath(path: string): void {
  compiled(path)
}

/** All that a JSONPath finds. @throws ResourceFailure if it is none, or takes too long. */
export function find(path: string, document: Json, allowance = allowed(mostMs)): Json[] {
  const query = compiled(path)
  const run = (): Json[] => query.query(document).values() as Json[]
  try {
    return query.singularQuery() ? run() : stopped(run, allowance)
  } catch (error) {
    if (!isTimeout(error)) throw new ResourceFailure(`'${path}' cannot be asked: ${(error as Error).message}`)
    throw new ResourceFailure(
      `'${path}' takes too long: what is asked of an answer at once may take ${allowance.most} ms; ask for something simpler.`,
    )
  }
}

/** The one value that a JSONPath finds, all of them as a list if there are several, or null. */
export function valueAt(path: string, document: Json, allowance?: Allowance): Json {
  const found = find(path, document, allowance)
  return found.length > 1 ? found : (found[0] ?? null)
}

/** The values of many, in their order. @throws ResourceFailure also if they take too long together */
export function valuesAt(paths: readonly string[], document: Json): Json[] {
  const allowance = allowed(mostMsOfAnswer)
  return paths.map(path => valueAt(path, document, allowance))
}

function compiled(path: string): JSONPathQuery {
  try {
    return environment.compile(path)
  } catch (error) {
    throw new ResourceFailure(`'${path}' is no JSONPath (RFC 9535): ${(error as Error).message}`)
  }
}

/** The clock stops it, but it is the processor's time that counts. @throws the timeout */
function stopped(query: () => Json[], allowance: Allowance): Json[] {
  stoppable.query = query
  for (let tries = 1; ; tries++) {
    const timeout = Math.max(1, Math.min(mostMs, Math.ceil(allowance.left)))
    const before = process.cpuUsage()
    let usedMs = 0
    try {
      return script.runInContext(stoppable, { timeout }) as Json[]
    } catch (error) {
      usedMs = usedSince(before)
      if (!isTimeout(error) || usedMs >= timeout / 2 || tries === mostTries) throw error
    } finally {
      allowance.left -= usedMs === 0 ? usedSince(before) : usedMs
    }
  }
}

function usedSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const isTimeout = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
