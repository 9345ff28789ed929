import { delimiter } from 'node:path'

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

/** The files to read: those in HEARTH_CONFIG_FILE (separated as in PATH), then those of the command line, which win. */
export const configFiles = (given: readonly string[], env: Readonly<Record<string, string | undefined>>): string[] => [
  ...(env.HEARTH_CONFIG_FILE ?? '').split(delimiter).filter(file => file !== ''),
  ...given,
]
