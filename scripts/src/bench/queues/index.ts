import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { HearthDatabase } from '@hearth/db'
import { Command } from 'commander'
import { type Figure, median, print, timed } from '../figures.js'
import { BenchServer } from '../server.js'
import type { Contender, Start } from './contender.js'
import { dbos } from './dbos.js'
import { graphileWorker } from './graphile-worker.js'
import { nodeTable } from './node-table.js'
import { chain, diamond, left, planOf, type Shape, wide } from './work.js'

/**
 * The same work on Hearth's node table and on queues that exist already, on one durable PostgreSQL, in turns. Prints
 * medians, and the median of each queue's multiple of the node table, round by round. `npm run bench:queues`; decision 7 reads it.
 */
const program = new Command('bench:queues')
  .option('--runs <count>', 'runs of each shape', Number, 5)
  .option('--large <count>', 'runs of the large one', Number, 3)
  .parse()
const { runs, large } = program.opts<{ runs: number; large: number }>()

const contenders: Readonly<Record<string, Start>> = {
  'node table': nodeTable(false),
  'in waves': nodeTable(true),
  'graphile-worker': graphileWorker,
  DBOS: dbos,
}
const shapes: Readonly<Record<string, { shape: Shape; times: number; without?: string }>> = {
  'wide, 1000': { shape: wide(1000), times: runs },
  'a chain of 100': { shape: chain(100), times: runs },
  '10 layers of 100': { shape: diamond(10, 100), times: runs },
  // DBOS would take minutes for it, and keep the machine from the others.
  'wide, 10000': { shape: wide(10_000), times: large, without: 'DBOS' },
}
/** A run that takes longer has lost something. */
const runMs = 120_000

const server = await BenchServer.start()
const started: { name: string; contender: Contender; db: HearthDatabase }[] = []
try {
  for (const [name, start] of Object.entries(contenders)) {
    const url = await server.createDatabase(`queue_${started.length}`)
    started.push({ name, contender: await start(url), db: new HearthDatabase({ url, maxPoolSize: 2 }) })
  }
  const taken = new Map<string, number[]>()
  for (const [title, { shape, times, without }] of Object.entries(shapes)) {
    // The first run warms up, and is not counted; the large shape comes last and is warm.
    for (let run = shape.length < 10_000 ? 0 : 1; run <= times; run++) {
      for (const { name, contender, db } of started.filter(one => one.name !== without)) {
        const stack = randomUUID()
        const ms = await timed(() => inTime(`${name}: ${title}`, contender.run(stack, planOf(shape))))
        const missing = await left(stack, db)
        console.error(`${name}: ${title}: ${Math.round(ms)} ms`)
        if (missing > 0) throw new Error(`${name}: ${title}: ${missing} units are not done`)
        if (run > 0) taken.set(`${title} ${name}`, [...(taken.get(`${title} ${name}`) ?? []), ms])
      }
    }
  }
  const figures = Object.entries(shapes).flatMap(([title, { without }]) => {
    const of = (name: string): number[] => taken.get(`${title} ${name}`) as number[]
    const own = of('node table')
    return started
      .filter(({ name }) => name !== without)
      .flatMap(({ name }): Figure[] => [
        { name: title, engine: name, value: median(of(name)), unit: 'ms' },
        // What the machine does besides changes from round to round, and less within one.
        {
          name: `${title}: of the node table's`,
          engine: name,
          value: median(of(name).map((ms, round) => ms / (own[round] as number))),
          unit: '×',
        },
      ])
  })
  console.log(`load average ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0]}`)
  print(
    figures,
    started.map(({ name }) => name),
  )
} finally {
  for (const { contender, db } of started) {
    await contender.stop()
    await db.close()
  }
  await server.stop()
}

async function inTime(what: string, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not end within ${runMs} ms`)), runMs)
  })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
