import { Command, Option } from 'commander'
import { positive } from '../number-argument.js'
import { chaos } from './chaos.js'
import type { EngineName } from './cluster.js'
import { report } from './report.js'

/** `npm run chaos -- --minutes M --seed S --engine E`: real processes under load, killed and paused at random. */
const program = new Command('chaos')
  .description('Kills, pauses and restarts the processes of a cluster under load, then checks what is left')
  .option('--minutes <minutes>', 'how long the storm lasts, for each engine', positive, 3)
  .option('--seed <seed>', 'of users, faults and troubles', positive, Date.now() % 1_000_000)
  .addOption(new Option('--engine <engine>').choices(['convergence', 'legacy', 'both']).default('both'))
  .option('--keep', 'leave the logs', false)
  .parse()
const { minutes, seed, engine, keep } = program.opts<{
  minutes: number
  seed: number
  engine: EngineName | 'both'
  keep: boolean
}>()

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => interrupted.abort(new Error(`ended by ${signal}`)))
}

console.log(`seed ${seed}`)
const engines: readonly EngineName[] = engine === 'both' ? ['convergence', 'legacy'] : [engine]
for (const one of engines) {
  try {
    const outcome = await chaos({
      engine: one,
      seed,
      stormMs: minutes * 60_000,
      keep,
      signal: interrupted.signal,
      progress: text => console.log(`${one}, ${text}`),
    })
    console.log(`${one}, seed ${seed}:\n${report(outcome)}`)
    if (keep) console.log(`  logs: ${outcome.folder}`)
    if (outcome.problems.length > 0) process.exitCode = 1
  } catch (error) {
    console.error(`${one}, seed ${seed}: ${(error as Error).message}`)
    process.exitCode = 1
    // Users may still wait for answers that nobody will give.
    if (interrupted.signal.aborted) process.exit()
  }
}
