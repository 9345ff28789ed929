import { wakeDue } from '@hearth/convergence-engine/testing'
import type { BenchDaemon } from './daemon.js'
import { median, timed } from './figures.js'
import type { Bench } from './bench.js'
import { spending } from './server.js'
import { waiting } from './templates.js'

const stacks = 10
const each = 10_000
const count = stacks * each
/** Longer than the run, shorter than the time that a stack has. */
const seconds = 3_000
const parkMs = 300_000
const wakeMs = 60_000
const lookMs = 50
const quietSeconds = 20
/** As many as one statement wakes. */
const batch = 1_000
const rounds = 5

/** What 100,000 resources cost that wait: rows, and next to no memory and processor; and what it costs to wake some. */
export async function parked(bench: Bench): Promise<void> {
  const { daemon, another, add, say, engine } = bench
  if (engine !== 'convergence')
    return say('parked: not measured; the waits of this engine are timers in the memory of their owner')
  const fresh = async (): Promise<{ megabytes: number; ofOneCore: number; server: number }> => {
    const other = await another()
    let ofOneCore = 0
    const { executionMs } = await spending(bench.counters, async () => (ofOneCore = await idle(other)))
    const megabytes = other.usage().rssMegabytes
    await other.remove()
    return { megabytes, ofOneCore, server: (executionMs / (quietSeconds * 1000)) * 100 }
  }
  const before = await fresh()
  const taken = await timed(async () => {
    for (let stack = 1; stack <= stacks; stack++) {
      await daemon.create(waiting(each, seconds))
      await until(bench, parkMs, `SELECT count(*) >= ${stack * each} AS so FROM node WHERE state = 'parked'`)
    }
  })
  await bench.ask('VACUUM ANALYZE node')
  const after = await fresh()
  add({ name: 'park 100000: each', value: taken / count, unit: 'ms' })
  add({ name: 'a fresh daemon, nothing parked: memory', value: before.megabytes, unit: 'MB' })
  add({ name: 'a fresh daemon, 100000 parked: memory', value: after.megabytes, unit: 'MB' })
  add({ name: 'a fresh daemon, nothing parked: of one core', value: before.ofOneCore, unit: '%' })
  add({ name: 'a fresh daemon, 100000 parked: of one core', value: after.ofOneCore, unit: '%' })
  add({ name: 'PostgreSQL for two daemons, nothing parked: of one core', value: before.server, unit: '%' })
  add({ name: 'PostgreSQL for two daemons, 100000 parked: of one core', value: after.server, unit: '%' })
  add({ name: 'the daemon that parked them: memory', value: daemon.usage().rssMegabytes, unit: 'MB' })
  add({ name: 'the daemon that parked them: of one core', value: await idle(daemon), unit: '%' })
  const [{ node, resource } = { node: 0, resource: 0 }] = await bench.ask<{ node: number; resource: number }>(
    `SELECT pg_total_relation_size('node')::float8 AS node, pg_total_relation_size('resource')::float8 AS resource`,
  )
  add({ name: 'bytes of a parked node, and of its resource', value: (node + resource) / count, unit: 'B' })

  const woken: number[] = []
  for (let round = 0; round < rounds; round++) woken.push(await timed(() => wake(bench)))
  add({ name: 'wake 1000 of 100000, run them, park them again', value: median(woken), unit: 'ms' })
  await explain(bench)
}

async function idle(daemon: BenchDaemon): Promise<number> {
  const before = daemon.usage().cpuSeconds
  await new Promise(resolve => setTimeout(resolve, quietSeconds * 1000))
  return ((daemon.usage().cpuSeconds - before) / quietSeconds) * 100
}

/** Their time has come, as far as the rows say; each step then finds that it has to wait on. */
async function wake(bench: Bench): Promise<void> {
  const rows = await bench.ask<{ id: string }>(
    `UPDATE node SET wake_at = hearth_now() WHERE id IN (SELECT id FROM node WHERE state = 'parked' ORDER BY id LIMIT ${batch})
      RETURNING id`,
  )
  // No other node is due within this run.
  const again = `SELECT count(*) = ${batch} AS so FROM node
    WHERE id = ANY($1::bigint[]) AND state = 'parked' AND wake_at > hearth_now() + interval '1 minute'`
  await until(bench, wakeMs, again, [rows.map(({ id }) => id)])
}

/** The plan of the statement that wakes, with as many due as it takes at once. What it does is undone. */
async function explain({ ask, say }: Bench): Promise<void> {
  await ask(
    `CREATE FUNCTION bench_plan() RETURNS SETOF text LANGUAGE plpgsql AS $do$
      BEGIN
        UPDATE node SET wake_at = hearth_now() - interval '1 second'
          WHERE id IN (SELECT id FROM node WHERE state = 'parked' ORDER BY id LIMIT ${batch});
        RETURN QUERY EXECUTE $sql$EXPLAIN (ANALYZE, BUFFERS) ${wakeDue.text}$sql$;
        RAISE EXCEPTION USING ERRCODE = 'P0002';
      EXCEPTION WHEN SQLSTATE 'P0002' THEN RETURN;
      END $do$`,
  )
  for (const line of await ask<Record<string, string>>('SELECT * FROM bench_plan() AS line')) say(`  ${line.line}`)
}

async function until({ ask }: Bench, deadlineMs: number, sql: string, params: readonly unknown[] = []): Promise<void> {
  const deadline = Date.now() + deadlineMs
  while ((await ask<{ so: boolean }>(sql, params))[0]?.so !== true) {
    if (Date.now() > deadline) throw new Error(`waited ${deadlineMs} ms in vain: ${sql}`)
    await new Promise(resolve => setTimeout(resolve, lookMs))
  }
}
