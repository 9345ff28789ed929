import { readdirSync } from 'node:fs'
import { environmentOf, type Settings } from './kit/settings.js'

/**
 * Registers every suite with the mocha that runs: `await conformance({ engine: '@acme/batch-engine' })` on the top level
 * of a test file. @throws Error if the package brings no engine.
 */
export async function conformance(settings: Settings): Promise<void> {
  Object.assign(process.env, environmentOf(settings))
  for (const suite of suites()) await import(suite.href)
}

/** The modules of the suites. */
export function suites(): URL[] {
  return readdirSync(new URL('.', import.meta.url))
    .filter(name => name.endsWith('.test.js'))
    .sort()
    .map(name => new URL(name, import.meta.url))
}
