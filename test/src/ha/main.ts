import { Command, Option } from 'commander'
import { paces } from './configuration.js'
import { type Fault, failover, type FailoverOutcome } from './failover.js'
import { installedPrograms } from './programs.js'

/** `npm run ha`: PostgreSQL under Patroni loses its primary in the middle of a large create. */
const program = new Command('ha')
  .description('Switches the primary of a replicated PostgreSQL over, or kills it, while daemons work on it')
  .addOption(new Option('--fault <fault>').choices(['switch-over', 'kill', 'both']).default('both'))
  .addOption(
    new Option('--pace <pace>', "Patroni's own, or the fastest").choices(['default', 'fast']).default('default'),
  )
  .option('--nodes <count>', 'of PostgreSQL', Number, 3)
  .option('--workers <count>', 'daemons that work', Number, 2)
  .option('--resources <count>', 'of the large stack', Number, 1000)
  .option('--runs <count>', 'of each fault', Number, 1)
  .option('--seed <seed>', 'of the small stacks', Number, Date.now() % 1_000_000)
  .option('--keep', 'leave the logs', false)
  .parse()
const { fault, pace, runs, ...rest } = program.opts<{
  fault: Fault | 'both'
  pace: keyof typeof paces
  nodes: number
  workers: number
  resources: number
  runs: number
  seed: number
  keep: boolean
}>()

// What was started is killed and removed by those who listen for the exit.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.on(signal, () => process.exit(code))

const programs = installedPrograms(text => console.log(text))
const faults: readonly Fault[] = fault === 'both' ? ['switch-over', 'kill'] : [fault]
for (const one of faults) {
  for (let run = 1; run <= runs; run++) {
    const progress = (text: string): void => console.log(`${one}: ${text}`)
    const outcome = await failover({ ...rest, fault: one, pace: paces[pace], programs, progress })
    console.log(report(outcome))
    if (outcome.problems.length > 0) process.exitCode = 1
  }
}

function report({
  problems,
  accepted,
  unanswered,
  completeBefore,
  createSeconds,
  pauses,
  folder,
}: FailoverOutcome): string {
  const rows: [string, string][] = [
    ['accepted', `${accepted} stacks; ${unanswered} requests without an answer`],
    ['when it came', `${completeBefore} resources were seen complete`],
    ['the create', `${createSeconds.toFixed(1)} s`],
    ...pauses.map(({ what, ms }): [string, string] => [what, `${(ms / 1000).toFixed(1)} s at most`]),
    ['verdict', problems.length === 0 ? 'nothing was lost' : `${problems.length} PROBLEMS`],
    ...(rest.keep ? [['logs', folder] as [string, string]] : []),
  ]
  return [...rows.map(([name, text]) => `  ${name.padEnd(42)}${text}`), ...problems.map(text => `  - ${text}`)].join(
    '\n',
  )
}
