import type { BenchDaemon } from './daemon.js'
import { median, p95, repeated } from './figures.js'
import { type Bench, created, creates, removed } from './bench.js'
import { spending } from './server.js'
import { row, waiting, wide } from './templates.js'

const sizes = [100, 1000, 10_000]
/** Stacks of ten that are there already. */
const crowds = [0, 300, 900]
const small = 10
const atOnce = 50
const runs = 3
const workerCounts = [1, 2, 4]

/** How costs grow: with the resources of a stack, with the stacks that are there, and with workers. */
export async function growth(bench: Bench): Promise<void> {
  await created(bench.daemon, wide(small))
  for (const size of sizes) await withResources(bench, size)
  let there = 0
  for (const crowd of crowds) {
    for (; there < crowd; there += atOnce) await several(bench.daemon, atOnce)
    await withStacks(bench, crowd)
  }
  await withWorkers(bench)
}

const several = (daemon: BenchDaemon, count: number): Promise<unknown> =>
  Promise.all(Array.from({ length: count }, () => created(daemon, row(small))))

async function withResources({ daemon, counters, add }: Bench, size: number): Promise<void> {
  const ms = await creates(daemon, wide(size), runs)
  let path = ''
  const spent = await spending(counters, async () => (path = await created(daemon, wide(size))))
  await removed(daemon, path)
  const name = `create ${size}, each:`
  add({ name: `${name} time`, value: ms / size, unit: 'ms' })
  add({ name: `${name} statements`, value: spent.statements / size, unit: '' })
  add({ name: `${name} commits`, value: spent.commits / size, unit: '' })
  add({ name: `${name} log of PostgreSQL`, value: spent.walBytes / size / 1024, unit: 'kB' })
  add({ name: `${name} work of PostgreSQL`, value: spent.executionMs / size, unit: 'ms' })
}

async function withStacks({ daemon, add }: Bench, crowd: number): Promise<void> {
  const name = `beside ${crowd} stacks:`
  add({ name: `${name} create 10`, value: median(await repeated(15, () => created(daemon, row(small)))), unit: 'ms' })
  add({ name: `${name} create 1000`, value: await creates(daemon, wide(1000), runs), unit: 'ms' })
  const list = (): Promise<unknown> => daemon.get('/stacks?limit=100')
  add({ name: `${name} list 100, p95`, value: p95(await repeated(100, list)), unit: 'ms' })
}

/** Work that is PostgreSQL's, and work that waits: a worker's slots are what the latter needs. */
async function withWorkers({ daemon, another, add }: Bench): Promise<void> {
  const others: BenchDaemon[] = []
  try {
    for (const workers of workerCounts) {
      while (others.length < workers - 1) others.push(await another())
      await creates(daemon, wide(1000), 1)
      const name = `${workers} workers:`
      add({ name: `${name} create 2500`, value: await creates(daemon, wide(2500), runs), unit: 'ms' })
      add({ name: `${name} 2000 that wait a second`, value: await creates(daemon, waiting(2000, 1), runs), unit: 'ms' })
      add({
        name: `${name} 50 stacks of 10`,
        value: median(await repeated(runs, () => several(daemon, atOnce))),
        unit: 'ms',
      })
    }
  } finally {
    for (const other of others) await other.remove()
  }
}
