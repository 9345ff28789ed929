import type { Database, StepId, Transaction } from '@hearth/core/plugin'
import PgBoss from 'pg-boss'

/** pg-boss keeps its tables here; workers of yours that take jobs of the same database name it too. */
export const schema = 'hearth_queue'
/** The queue of steps. Queues that templates name have no dot in their names. */
export const queue = 'hearth.steps'

type Due = StepId & { readonly afterMs?: number }

/** pg-boss on the host's connections, so that jobs come and go in the transaction that says why. A job's id is its step's. */
export class Jobs {
  private readonly boss: PgBoss

  constructor(db: Database) {
    this.boss = new PgBoss({ db: on(db), schema })
  }

  /** Makes jobs of steps, for `afterMs` from now. */
  async put(steps: readonly Due[], tx: Transaction): Promise<void> {
    if (steps.length === 0) return
    const jobs = steps.map(({ id, afterMs = 0 }) => ({ id, name: queue, startAfter: `${afterMs} milliseconds` }))
    await this.boss.insert(jobs, { db: on(tx) })
  }

  /** The jobs of steps that are to be taken once more. */
  async putAgain(steps: readonly Due[], tx: Transaction): Promise<void> {
    await this.remove(steps, tx)
    await this.put(steps, tx)
  }

  async remove(steps: readonly StepId[], tx: Transaction): Promise<void> {
    const ids = steps.map(({ id }) => id)
    if (ids.length > 0) await this.boss.deleteJob(queue, ids, { db: on(tx) })
  }

  /** Takes up to `most` jobs that are due. @returns the ids of their steps. */
  async take(most: number, tx: Transaction): Promise<string[]> {
    return (await this.boss.fetch(queue, { batchSize: most, db: on(tx) })).map(({ id }) => id)
  }
}

/** pg-boss for one connection, or pool, of the host. */
export const on = (connection: Pick<Transaction, 'query'>): PgBoss.Db => ({
  executeSql: async (text, values) => ({
    // To pg undefined is null; the host's connections refuse it.
    rows: await connection.query(
      text,
      values?.map(value => value ?? null),
    ),
  }),
})
