import { chooseTrees, migrateTrees, type Verdict } from '@hearth/core/use-cases'
import type { HearthDatabase } from '@hearth/db'
import { InvalidArgumentError } from 'commander'
import { interruptedCode, untilInterrupted } from '../interruption.js'
import { type Runtime, withPlugins } from '../runtime.js'
import { hostFor } from './engines.js'
import { leftOf, reportOf } from './migration-report.js'
import { Progress } from './progress.js'
import { checkSchema, say, type Tool, withDatabase } from './tool.js'

interface Given {
  readonly all?: true
  readonly project?: string
  readonly dryRun?: true
  readonly wait?: true
  readonly waitSeconds?: number
  readonly back?: true
  readonly to?: string
  readonly from?: string
  readonly plugin: readonly string[]
}

/** As long as an operation may take by default, in seconds. */
const waitSecondsByDefault = 3600

const seconds = (text: string): number => {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('expected whole seconds.')
  return Number(text)
}

/** `hearth-manage migrate-convergence …`: moves stacks from one engine to another, while daemons run and users work. */
export function migrateConvergence({ program, runtime }: Tool): void {
  program
    .command('migrate-convergence')
    .alias('migrate_convergence_1')
    .description('move stacks, with all that is nested in them, to the engine convergence, or to another one')
    .argument('[stack...]', 'names or ids')
    .option('--all', 'all stacks on legacy; with --back, on convergence; with --to, on any other engine')
    .option('--project <project>', 'only stacks of this project')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--wait', `wait for stacks on which an operation runs, ${waitSecondsByDefault} seconds at most`)
    .option('--wait-seconds <seconds>', 'the same, for so long', seconds)
    .option('--back', 'move them from convergence to legacy')
    .option('--to <engine>', 'move them to this engine')
    .option('--from <engine>', 'with --all: only stacks on this engine')
    .option(
      '--plugin <package>',
      'also load this plugin, for its engine; may be given several times',
      (name: string, before: string[]) => [...before, name],
      [] as string[],
    )
    .action(async (words: readonly string[], given: Given) => {
      if (words.length > 0 === (given.all === true)) throw new Error('Name stacks, or say --all.')
      const route = routeOf(given)
      const signal = untilInterrupted()
      const configured = await withPlugins(await runtime(), given.plugin)
      process.exitCode = await withDatabase(configured, db => move(db, configured, words, given, { ...route, signal }))
    })
}

interface Route {
  readonly to: string
  /** Of --all, only the stacks of this engine. */
  readonly from: string | undefined
}

function routeOf({ back, to, from }: Given): Route {
  if (back === true && to !== undefined) throw new Error('--back and --to exclude each other: --back is --to legacy.')
  if (to !== undefined) return { to, from }
  return back === true ? { to: 'legacy', from: from ?? 'convergence' } : { to: 'convergence', from: from ?? 'legacy' }
}

/** @param signal what is being moved is finished, nothing more is begun. @returns the exit code */
async function move(
  db: HearthDatabase,
  configured: Runtime,
  words: readonly string[],
  given: Given,
  { to, from, signal }: Route & { readonly signal: AbortSignal },
): Promise<number> {
  await checkSchema(db, configured)
  const chosen = await chooseTrees(db, {
    words: given.all === true ? undefined : words,
    project: given.project,
    from,
    to,
  })
  const { host, runtime } = await hostFor([to, ...chosen.roots.map(({ engine }) => engine)], configured, db)
  await checkSchema(db, runtime)
  if (host.engines.find(to) === undefined) {
    const loaded = host.engines.names().join(', ')
    throw new Error(`No loaded plugin provides the engine '${to}'; loaded: ${loaded}. Name its package with --plugin.`)
  }
  const dryRun = given.dryRun === true
  const verdicts = new Map<string, Verdict>()
  const progress = new Progress(process.stderr, chosen.roots.length, () => host.clock.now())
  try {
    await migrateTrees(
      {
        roots: chosen.roots.map(({ id }) => id),
        to,
        dryRun,
        waitMs: 1000 * (given.waitSeconds ?? (given.wait === true ? waitSecondsByDefault : 0)),
        signal,
        report: (root, verdict) => {
          verdicts.set(root, verdict)
          progress.tick()
        },
      },
      host,
    )
  } finally {
    // Whatever broke it off: what has been moved is moved.
    progress.end()
    say(reportOf(chosen, verdicts, { to, dryRun }))
  }
  if (signal.aborted) return interruptedCode
  return leftOf(chosen, verdicts) > 0 ? 1 : 0
}
