import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suites } from './conformance.js'
import { environmentOf, type Settings } from './kit/settings.js'

/** Runs the suites, in a mocha of their own, on the engine that the command line names. */

const usage = `Usage: hearth-conformance --engine legacy|convergence|PACKAGE [--daemon COMMAND] [--plugins PACKAGES]
       [MOCHA OPTIONS]

  --engine   the engine to test: one of Hearth, or an npm package as the working directory sees it;
             'FIRST>SECOND': stacks are created on the first, and moved to the second once they are settled
  --daemon   the command that starts a daemon; default: node_modules/.bin/hearth
  --plugins  what the daemon loads beside the engine's package, parted by commas; default: @hearth/heat-resources
`
/** A case may take so long, in milliseconds, on a machine with much else to do, unless it says otherwise. */
const caseMs = 90_000

/** Takes out what is ours; all else is mocha's. */
function settingsOf(argv: readonly string[]): { settings: Settings; rest: string[] } {
  const given: { engine?: string; daemon?: string; plugins?: string } = {}
  const rest: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] as string
    const [, name, value] = /^--(engine|daemon|plugins)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) rest.push(word)
    else given[name as keyof Settings] = value ?? argv[++at] ?? ''
  }
  if (!given.engine)
    throw new Error('--engine is missing: expected legacy, convergence, or the npm package of an engine.')
  return { settings: { ...given, engine: given.engine }, rest }
}

try {
  const { settings, rest } = settingsOf(process.argv.slice(2))
  const mocha = join(dirname(createRequire(import.meta.url).resolve('mocha/package.json')), 'bin', 'mocha.js')
  const files = suites().map(suite => fileURLToPath(suite))
  const own = ['--no-config', '--no-package', '--fail-zero', `--timeout=${caseMs}`]
  const child = spawn(process.execPath, ['--enable-source-maps', mocha, ...own, ...rest, ...files], {
    stdio: 'inherit',
    env: { ...process.env, ...environmentOf(settings) },
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  child.on('exit', code => {
    process.exitCode = code ?? 1
  })
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n\n${usage}`)
  process.exitCode = 2
}
