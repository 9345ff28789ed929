import { isAbsolute, normalize } from 'node:path'
import { integer, type OptionType, option } from '@hearth/core/plugin'

const split = (text: string): string[] =>
  text
    .split(/[,\n]/)
    .map(entry => entry.trim())
    .filter(entry => entry !== '')

const listOf = (expected: string, allowed: (entry: string) => boolean): OptionType<readonly string[]> => ({
  expected,
  parse(text) {
    const entries = split(text)
    return entries.every(allowed) ? entries : undefined
  },
  print: entries => entries.join(','),
})

const isProgram = (entry: string): boolean =>
  entry.includes('/')
    ? isAbsolute(entry) && normalize(entry) === entry && !entry.endsWith('/')
    : /^[\w.+-]+$/.test(entry)

export const allowed = option(
  'process',
  'allowed',
  listOf('absolute paths of programs, and names of programs without a slash, separated by commas', isProgram),
  {
    default: [],
    mutable: true,
    help: 'Programs that resources may run, Hearth::Process::Command, as the user of the daemon; a name is looked up in the PATH of the daemon. Empty: none, the type is refused. Whoever may create stacks may give them any arguments: a shell or an interpreter in this list allows everything.',
  },
)
export const environment = option(
  'process',
  'environment',
  listOf('names of variables, and NAME_* for all that begin so, separated by commas', entry =>
    /^[A-Za-z_][A-Za-z0-9_]*\*?$/.test(entry),
  ),
  {
    default: [],
    mutable: true,
    help: 'Variables of the environment that resources may set for these programs. Some change what a program does or loads, such as LD_PRELOAD or BASH_ENV: list what your programs mean to read.',
  },
)
export const atOnce = option('process', 'at_once', integer({ min: 1, max: 1000 }), {
  default: 8,
  mutable: true,
  help: 'Programs that one daemon runs for resources at once; further ones wait.',
})
export const maxOutputBytes = option('process', 'max_output_bytes', integer({ min: 0, max: 1_000_000 }), {
  default: 65_536,
  mutable: true,
  help: 'Bytes kept of what such a program writes to standard output, and as many of its errors: the last ones.',
})
export const options = [allowed, environment, atOnce, maxOutputBytes]
