import { type Bench, created, creates, removed, warmUp } from './bench.js'
import type { BenchDaemon } from './daemon.js'
import { median, p95, repeated, timed } from './figures.js'
import { parked } from './parked.js'
import { growth } from './growth.js'
import { type Counters, spending } from './server.js'
import { chain, diamond, row, wide, wideWith } from './templates.js'

const runs = 5
const hops = 100
const layers = 10
const layerWidth = 100
const large = 10_000
const movedStacks = 1000
const idleSeconds = 10

/** A create beside the limit, in turn, so that both are of the same minute: the medians of both. */
async function besideLimit(
  { daemon, limit, add }: Bench,
  name: string,
  template: object,
  count: number,
): Promise<void> {
  await warmUp(daemon, template)
  const taken: number[] = []
  const seconds: number[] = []
  // Of what is short, chance has more of a part.
  for (let run = 0; run < (count >= large ? runs : 3 * runs); run++) {
    taken.push(await creates(daemon, template, 1))
    seconds.push(await limit(count))
  }
  const ms = median(taken)
  add({ name, value: ms, unit: 'ms' })
  add({ name: `${name}: of the limit`, value: ((median(seconds) * 1000) / ms) * 100, unit: '%' })
}

/** What four users wait for, who read and update these stacks one after another until `work` ends: the longest answer. */
async function longestAnswer(daemon: BenchDaemon, stacks: readonly string[], work: Promise<unknown>): Promise<number> {
  const taken: number[] = []
  let working = true
  const use = async (user: number): Promise<void> => {
    for (let turn = user; working; turn += 4) {
      const path = stacks[(turn * 7) % stacks.length] as string
      taken.push(await timed(() => daemon.get(path)))
      taken.push(await timed(() => daemon.update(path, row(9 + (turn % 2)))))
      await daemon.complete(path, 'UPDATE')
    }
  }
  const ended = work.finally(() => (working = false))
  await Promise.all([ended, ...[0, 1, 2, 3].map(use)])
  return Math.max(...taken)
}

/** Run only if they are named: they take minutes, and leave the daemon and its database full. */
export const long: ReadonlySet<string> = new Set(['growth', 'parked'])

export const scenarios: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  wide: async bench => {
    const { daemon, add } = bench
    await created(daemon, wide(10))
    add({
      name: 'create 1000 independent, the first after a start',
      value: await creates(daemon, wide(1000), 1),
      unit: 'ms',
    })
    for (const count of [500, 1000]) await besideLimit(bench, `create ${count} independent`, wide(count), count)
  },
  large: bench => besideLimit(bench, 'create 10000 independent', wide(large), large),
  chain: async ({ daemon, add }) => {
    await warmUp(daemon, chain(hops))
    const ms = await creates(daemon, chain(hops), runs)
    add({ name: 'create a chain of 100: a hop', value: ms / hops, unit: 'ms' })
  },
  diamond: bench => besideLimit(bench, 'create 10 layers of 100', diamond(layers, layerWidth), layers * layerWidth),
  many: async ({ daemon, add }) => {
    const all = (): Promise<unknown> => Promise.all(Array.from({ length: 100 }, () => created(daemon, row(10))))
    add({ name: 'create 100 stacks of 10 at once', value: median(await repeated(3, all)), unit: 'ms' })
    add({
      name: 'list 100 stacks, p95',
      value: p95(await repeated(100, () => daemon.get('/stacks?limit=100'))),
      unit: 'ms',
    })
  },
  changes: async ({ daemon, add }) => {
    const path = await created(daemon, wideWith(large, '0'))
    const update = async (mark: string): Promise<void> => {
      await daemon.update(path, wideWith(large, mark))
      await daemon.complete(path, 'UPDATE')
    }
    const changed: number[] = []
    const same: number[] = []
    for (let run = 1; run <= 3; run++) {
      changed.push(await timed(() => update(String(run))))
      same.push(await timed(() => update(String(run))))
    }
    add({ name: 'change one of 10000', value: median(changed), unit: 'ms' })
    add({ name: 'change nothing of 10000', value: median(same), unit: 'ms' })
    add({ name: 'GET a stack of 10000, p95', value: p95(await repeated(50, () => daemon.get(path))), unit: 'ms' })
    add({ name: 'resident memory with 10000', value: daemon.usage().rssMegabytes, unit: 'MB' })
    add({ name: 'delete 10000', value: await timed(() => removed(daemon, path)), unit: 'ms' })
  },
  costs: async ({ daemon, counters, add }) => {
    for (const count of [1000, 4000]) {
      const spent = await spending(counters, async () => removed(daemon, await created(daemon, wide(count))))
      const each = (key: keyof Counters): number => spent[key] / count
      add({ name: `statements a resource, ${count} created and deleted`, value: each('statements'), unit: '' })
      add({ name: `commits a resource, ${count} created and deleted`, value: each('commits'), unit: '' })
    }
  },
  two: async ({ daemon, another, add }) => {
    const second = await another()
    try {
      await creates(daemon, wide(1000), 2)
      add({ name: 'create 1000 independent, two workers', value: await creates(daemon, wide(1000), runs), unit: 'ms' })
      add({
        name: 'create 10 layers of 100, two workers',
        value: await creates(daemon, diamond(layers, layerWidth), runs),
        unit: 'ms',
      })
    } finally {
      await second.remove()
    }
  },
  rounds: async ({ daemon, add }) => {
    for (let round = 1; round <= 100; round++) {
      await removed(daemon, await created(daemon, wide(200)))
      if (round === 20 || round === 100)
        add({ name: `resident memory after ${round} rounds of 200`, value: daemon.usage().rssMegabytes, unit: 'MB' })
    }
  },
  migration: async ({ daemon, engine, add }) => {
    const stacks: string[] = []
    while (stacks.length < movedStacks)
      stacks.push(...(await Promise.all(Array.from({ length: 20 }, () => created(daemon, row(10))))))
    const route = engine === 'convergence' ? ['--back'] : []
    const moving = timed(() => daemon.manage('migrate-convergence', '--all', '--wait', ...route))
    const meanwhile = await longestAnswer(daemon, stacks, moving)
    const ms = await moving
    const still = await longestAnswer(daemon, stacks, new Promise(resolve => setTimeout(resolve, ms)))
    add({ name: `move ${movedStacks} stacks of 10 to the other engine`, value: ms, unit: 'ms' })
    add({ name: 'the longest answer to a user meanwhile', value: meanwhile, unit: 'ms' })
    add({ name: 'the longest answer in the same time, nothing moving', value: still, unit: 'ms' })
  },
  growth,
  parked,
  idle: async ({ daemon, add }) => {
    const before = daemon.usage()
    await new Promise(resolve => setTimeout(resolve, idleSeconds * 1000))
    const after = daemon.usage()
    add({ name: 'idle, of one core', value: ((after.cpuSeconds - before.cpuSeconds) / idleSeconds) * 100, unit: '%' })
  },
}
