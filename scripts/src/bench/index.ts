import { readFileSync } from 'node:fs'
import { BenchDaemon } from './daemon.js'
import { chain, row, wide } from './templates.js'

/**
 * What a client waits for, on each engine, beside a yardstick of the same run: one commit of the same database.
 * Prints a table; judges nothing. `npm run bench`.
 */

const engines = ['legacy', 'convergence'] as const
const runs = 5
const idleSeconds = 10

interface Figure {
  readonly name: string
  readonly unit: 'ms' | '%' | 'MB'
  readonly value: number
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
const p95 = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * 0.95))] as number

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

async function repeated(times: number, work: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = []
  for (let run = 0; run < times; run++) taken.push(await timed(work))
  return taken
}

async function measure(engine: string): Promise<Figure[]> {
  const daemon = await BenchDaemon.start(engine)
  try {
    const figures: Figure[] = []
    const add = (name: string, value: number, unit: Figure['unit'] = 'ms'): void =>
      void figures.push({ name, value, unit })
    await daemon.complete(await daemon.create(wide(10)))

    add(
      'create 500 independent',
      median(await repeated(runs, async () => daemon.complete(await daemon.create(wide(500))))),
    )
    add(
      'create a chain of 100',
      median(await repeated(runs, async () => daemon.complete(await daemon.create(chain(100))))),
    )
    add(
      'create 100 stacks of 10, posted at once',
      median(
        await repeated(3, () =>
          Promise.all(Array.from({ length: 100 }, async () => daemon.complete(await daemon.create(row(10))))),
        ),
      ),
    )
    const large = await daemon.create(wide(500))
    await daemon.complete(large)
    add('GET a stack of 500, p95', p95(await repeated(100, () => daemon.get(large))))
    add('list 100 stacks, p95', p95(await repeated(100, () => daemon.get('/stacks?limit=100'))))
    const before = daemon.usage()
    await new Promise(resolve => setTimeout(resolve, idleSeconds * 1000))
    const after = daemon.usage()
    add('idle, of one core', ((after.cpuSeconds - before.cpuSeconds) / idleSeconds) * 100, '%')
    add('resident memory', after.rssMegabytes, 'MB')
    return figures
  } finally {
    await daemon.remove()
  }
}

async function main(): Promise<void> {
  const results = new Map<string, Figure[]>()
  for (const engine of engines) results.set(engine, await measure(engine))
  const load = readFileSync('/proc/loadavg', 'utf8').split(' ')[0]
  console.log(`load average ${load}; medians of ${runs} runs; legacy, convergence, ratio`)
  const [legacy = [], convergence = []] = engines.map(engine => results.get(engine))
  legacy.forEach(({ name, unit, value }, index) => {
    const other = convergence[index]?.value ?? Number.NaN
    const ratio = (other / value).toFixed(2)
    console.log(
      `${name.padEnd(42)} ${value.toFixed(1).padStart(9)} ${unit} ${other.toFixed(1).padStart(9)} ${unit}  ×${ratio}`,
    )
  })
}

await main()
