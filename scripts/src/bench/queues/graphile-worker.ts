import { randomUUID } from 'node:crypto'
import { coalesce, neededBy } from '@hearth/core/plugin'
import { HearthDatabase, type Transaction } from '@hearth/db'
import { Logger, run as runWorker } from 'graphile-worker'
import type { Start } from './contender.js'
import { insertResources, readInputs, writeResults, type Written } from './work.js'

/** As its manual advises for short jobs: many at once, fetched and completed in batches; a pool a little larger. */
const concurrentJobs = 100
const localQueueSize = 500
const completeBatchMs = 0
/** Units written in one transaction at most, as Hearth's. */
const most = 500

interface Unit {
  readonly id: string
  readonly stack: string
  token: number
}

/**
 * A job for each unit that is ready. The queue knows no prerequisites and fences nothing: a table beside it counts, and
 * gives out tokens; a newer operation would remove its rows, and jobs without a row do nothing. Claims, reads and
 * completions of jobs that run at the same time share a transaction, which the queue by itself does not do.
 */
export const graphileWorker: Start = async url => {
  const db = new HearthDatabase({ url, maxPoolSize: 10 })
  const ended = new Map<string, () => void>()
  await db.query(`CREATE TABLE unit (id uuid PRIMARY KEY, stack_id uuid NOT NULL, pending int NOT NULL,
    needed_by uuid[] NOT NULL, holder uuid, token int NOT NULL DEFAULT 0)`)
  await db.query('CREATE INDEX unit_stack ON unit (stack_id)')
  const me = randomUUID()

  const claim = coalesce<{ unit: Unit; written?: Written }>(
    async batch => {
      const rows = await db.query<{ id: string; token: number }>(
        `UPDATE unit SET holder = $1, token = token + 1 WHERE id = ANY($2::uuid[]) RETURNING id, token`,
        [me, batch.map(({ unit }) => unit.id)],
      )
      const tokens = new Map(rows.map(({ id, token }) => [id, token]))
      const inputs = await readInputs([...tokens.keys()], db)
      const written = new Map(inputs.map(one => [one.resource, one]))
      for (const one of batch) {
        one.unit.token = tokens.get(one.unit.id) ?? 0
        const input = written.get(one.unit.id)
        if (input !== undefined) one.written = input
      }
    },
    { most },
  )
  const complete = coalesce<{ unit: Unit; written?: Written }>(
    async batch => {
      for (const stack of new Set(batch.map(({ unit }) => unit.stack))) {
        const some = batch.filter(({ unit }) => unit.stack === stack)
        const over = await db.transaction(tx => finish(stack, some, tx))
        if (over) ended.get(stack)?.()
      }
    },
    { most },
  )

  async function finish(stack: string, batch: readonly { unit: Unit; written?: Written }[], tx: Transaction) {
    const held = await tx.query<{ id: string }>(
      `SELECT u.id FROM unit u JOIN unnest($2::uuid[], $3::int[]) AS m(id, token) ON m.id = u.id AND m.token = u.token
        WHERE u.holder = $1 ORDER BY u.id FOR UPDATE OF u`,
      [me, batch.map(({ unit }) => unit.id), batch.map(({ unit }) => unit.token)],
    )
    const mine = new Set(held.map(({ id }) => id))
    await writeResults(
      batch.flatMap(({ unit, written }) => (mine.has(unit.id) && written !== undefined ? written : [])),
      stack,
      tx,
    )
    const ready = await tx.query<{ id: string }>(
      `WITH gone AS (DELETE FROM unit WHERE id = ANY($1::uuid[]) RETURNING needed_by),
        counts AS (SELECT d AS id, count(*)::int AS done FROM gone, unnest(needed_by) AS d GROUP BY d),
        counted AS (UPDATE unit u SET pending = pending - done FROM counts WHERE counts.id = u.id
          RETURNING u.id, u.pending)
        SELECT id FROM counted WHERE pending = 0`,
      [[...mine]],
    )
    await addJobs(
      ready.map(({ id }) => id),
      stack,
      tx,
    )
    const [some] = ready.length > 0 ? ready : await tx.query(`SELECT id FROM unit WHERE stack_id = $1 LIMIT 1`, [stack])
    return some === undefined
  }

  const runner = await runWorker({
    taskList: {
      async unit(payload) {
        const one: { unit: Unit; written?: Written } = {
          unit: { ...(payload as { id: string; stack: string }), token: 0 },
        }
        await claim(one)
        if (one.written !== undefined) await complete(one)
      },
    },
    preset: {
      worker: {
        connectionString: url,
        concurrentJobs,
        maxPoolSize: 12,
        completeJobBatchDelay: completeBatchMs,
        localQueue: { size: localQueueSize },
      },
    },
    noHandleSignals: true,
    noPreparedStatements: false,
    logger: new Logger(() => () => undefined),
  })
  return {
    async run(stack, plan) {
      const over = new Promise<void>(resolve => ended.set(stack, resolve))
      const needed = neededBy(plan)
      const units = plan.nodes.map(({ resource, requires }, index) => ({
        id: resource,
        stack_id: stack,
        pending: requires.length,
        needed_by: needed[index]?.map(dependent => plan.nodes[dependent]?.resource),
      }))
      await db.transaction(async tx => {
        await insertResources(plan, stack, tx)
        await tx.query(
          `INSERT INTO unit (id, stack_id, pending, needed_by) SELECT id, stack_id, pending, needed_by
            FROM jsonb_to_recordset($1::jsonb) AS u(id uuid, stack_id uuid, pending int, needed_by uuid[])`,
          [JSON.stringify(units)],
        )
        await addJobs(
          units.filter(({ pending }) => pending === 0).map(({ id }) => id),
          stack,
          tx,
        )
      })
      await over
    },
    async stop() {
      await runner.stop()
      await db.close()
    },
  }
}

async function addJobs(ids: readonly string[], stack: string, tx: Transaction): Promise<void> {
  if (ids.length === 0) return
  const specs = ids.map(id => ({ identifier: 'unit', payload: { id, stack } }))
  await tx.query(
    `SELECT count(*) FROM graphile_worker.add_jobs(
      ARRAY(SELECT json_populate_record(NULL::graphile_worker.job_spec, s) FROM json_array_elements($1::json) AS s))`,
    [JSON.stringify(specs)],
  )
}
