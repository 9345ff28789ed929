import { Command, Option } from 'commander'
import { positive } from '../number-argument.js'
import { engines } from './mover.js'
import { runSeeds } from './seeds.js'
import type { Engine } from './world.js'

/** `npm run simulate -- --seeds N`: worlds from seeds, until one has a problem. */
const program = new Command('simulate')
  .description('Runs the engines in simulated worlds, each from a seed')
  .option('--seeds <count>', 'how many worlds', positive, 100)
  .option('--from <seed>', 'the first seed; the others follow it', positive, 1)
  .option('--seconds <seconds>', 'begin no further world after this time', positive)
  .option('--least <count>', 'worlds that are run whatever the time says', positive, 0)
  .addOption(new Option('--engine <engine>', 'what stacks run on').choices([...engines, 'both']).default('convergence'))
  .option('--trace', 'print every event of the worlds', false)
  .option('--keep-going', 'go on after a world with problems', false)
  .parse()
const {
  seeds,
  from,
  seconds: within,
  least,
  engine,
  trace,
  keepGoing,
} = program.opts<{
  seeds: number
  from: number
  seconds?: number
  least: number
  engine: Engine
  trace: boolean
  keepGoing: boolean
}>()
let stopped = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void (stopped = true))
const began = Date.now()
const total = await runSeeds({
  from,
  most: seeds,
  least,
  engine,
  ...(within === undefined ? {} : { withinMs: within * 1000 }),
  keepGoing,
  stopped: () => stopped,
  done: (seed, outcome) => {
    if (trace) console.log(outcome.trace.join('\n'))
    for (const problem of outcome.problems) console.log(`seed ${seed}: ${problem}`)
  },
})
const took = (Date.now() - began) / 1000
console.log(
  `${total.worlds} worlds in ${took.toFixed(1)} s (${(total.worlds / took).toFixed(2)} a second): ${total.steps} events, ${total.accepted} requests accepted, ${total.faults} faults, ${total.calls} calls of the cloud, ${total.signals} signals, ${total.cleared} hooks cleared, ${total.moved} stacks moved, ${total.alarms} alarms, ${total.adopted} adoptions; ${total.failed.length} with problems${total.failed.length > 0 ? `: seeds ${total.failed.join(', ')}` : ''}`,
)
process.exitCode = total.failed.length === 0 ? 0 : 1
