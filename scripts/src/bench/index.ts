import { readFileSync } from 'node:fs'
import { measureLimit } from '@hearth/db/testing'
import { Command } from 'commander'
import queuePlugin from 'hearth-queue-engine'
import { BenchDaemon } from './daemon.js'
import { type Figure, print } from './figures.js'
import type { Bench } from './bench.js'
import { long, scenarios } from './scenarios.js'
import { BenchServer } from './server.js'

/**
 * What a client waits for, on each engine, beside a yardstick of the same run: what hand-batched SQL needs for the same
 * rows on the same PostgreSQL. Prints a table; judges nothing. `npm run bench`; `docs/performance.md` reads it.
 */
const program = new Command('bench')
  .option('--only <names>', 'scenarios to run, separated by commas')
  .option('--engines <names>', 'engines to run', 'legacy,convergence,queue')
  .option('--statements <count>', 'also print the statements that cost PostgreSQL most', Number, 0)
  .parse()
const { only, engines, statements } = program.opts<{ only?: string; engines: string; statements: number }>()
const chosen = only?.split(',')
/** The engine of examples/queue-engine, as an operator would load it. */
const queue = { engine: 'queue', plugin: queuePlugin }

const server = await BenchServer.start()
const figures: Figure[] = []
try {
  for (const engine of engines.split(',')) {
    const name = `bench_${engine}`
    const others = engine === queue.engine ? [queue.plugin] : []
    const url = await server.createDatabase(name, others)
    const start = (): Promise<BenchDaemon> =>
      BenchDaemon.start(
        engine,
        url,
        others.map(plugin => plugin.name),
      )
    const daemon = await start()
    const bench: Bench = {
      engine,
      daemon,
      another: start,
      counters: () => server.counters(name),
      ask: (sql, params) => server.ask(name, sql, params),
      say: text => console.log(text),
      limit: async count => {
        const { insertSeconds, finishSeconds } = await measureLimit(limitUrl, count)
        return insertSeconds + finishSeconds
      },
      add: figure => void figures.push({ ...figure, engine }),
    }
    const limitUrl = await server.createDatabase(`limit_${engine}`)
    try {
      for (const [title, run] of Object.entries(scenarios)) {
        if (chosen?.includes(title) ?? !long.has(title)) await run(bench)
      }
      for (const { ms, calls, query } of await server.costliest(name, statements))
        console.log(`${String(ms).padStart(8)} ms ${String(calls).padStart(7)} calls  ${query}`)
    } finally {
      await daemon.remove()
    }
  }
} finally {
  await server.stop()
  // Also what there is after a failure: a run takes minutes.
  console.log(`load average ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0]}`)
  print(figures, engines.split(','))
}
