import { createContext, Script } from 'node:vm'
import { type Json, ResourceFailure } from '@hearth/core/plugin'
import { JSONPathEnvironment, type JSONPathQuery } from 'json-p3'

/** A query may take so long, in milliseconds: descendants of descendants, and patterns, can take for ever. */
const mostMs = 100
/** On a machine that has much else to do a query that needs less may be late so often. */
const mostTries = 20

const environment = new JSONPathEnvironment()
/** What runs inside is stopped after its time, whatever it is at. */
const stoppable = createContext({})
const script = new Script('query()')

/** @throws ResourceFailure that says what is wrong with a JSONPath (RFC 9535). */
export function checkPath(path: string): void {
  compiled(path)
}

/** All that a JSONPath finds. @throws ResourceFailure if it is none, or takes too long. */
export function find(path: string, document: Json): Json[] {
  const query = compiled(path)
  const run = (): Json[] => query.query(document).values() as Json[]
  try {
    return query.singularQuery() ? run() : stopped(run)
  } catch (error) {
    if (!isTimeout(error)) throw new ResourceFailure(`'${path}' cannot be asked: ${(error as Error).message}`)
    throw new ResourceFailure(`'${path}' takes more than ${mostMs} ms on the answer; ask for something simpler.`)
  }
}

/** The one value that a JSONPath finds, all of them as a list if there are several, or null. */
export function valueAt(path: string, document: Json): Json {
  const found = find(path, document)
  return found.length > 1 ? found : (found[0] ?? null)
}

function compiled(path: string): JSONPathQuery {
  try {
    return environment.compile(path)
  } catch (error) {
    throw new ResourceFailure(`'${path}' is no JSONPath (RFC 9535): ${(error as Error).message}`)
  }
}

/** The clock stops it, but it is the processor's time that counts. @throws the timeout */
function stopped(query: () => Json[]): Json[] {
  stoppable.query = query
  for (let tries = 1; ; tries++) {
    const before = process.cpuUsage()
    try {
      return script.runInContext(stoppable, { timeout: mostMs }) as Json[]
    } catch (error) {
      const { user, system } = process.cpuUsage(before)
      const usedMs = (user + system) / 1000
      if (!isTimeout(error) || usedMs >= mostMs / 2 || tries === mostTries) throw error
    }
  }
}

const isTimeout = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
