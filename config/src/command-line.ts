import { delimiter } from 'node:path'
import type { Sources } from './sources.js'

/**
 * Parts the `--SECTION:option=value` of a command line, for `Sources.overrides`, from the program's own arguments. What
 * follows a bare `--` is the program's.
 */
export function parseOverrides(argv: readonly string[]): { overrides: string[]; rest: string[] } {
  const end = argv.indexOf('--') === -1 ? argv.length : argv.indexOf('--')
  const isOverride = (argument: string, index: number) => index < end && /^--[\w-]+:/.test(argument)
  return {
    overrides: argv.filter(isOverride),
    rest: argv.filter((argument, index) => !isOverride(argument, index)),
  }
}

/** What to read: what HEARTH_CONFIG_FILE and then HEARTH_CONFIG_DIR name (separated as in PATH), then the command line's. */
export const configFiles = (
  given: Sources['files'],
  env: Readonly<Record<string, string | undefined>>,
): Sources['files'] => [
  ...pathsOf(env.HEARTH_CONFIG_FILE),
  ...pathsOf(env.HEARTH_CONFIG_DIR).map(folder => ({ folder })),
  ...given,
]

const pathsOf = (text = ''): string[] => text.split(delimiter).filter(path => path !== '')
