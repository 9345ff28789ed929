import { StoredPlans, type Transaction } from '@hearth/core/plugin'
import PgBoss from 'pg-boss'
import { queue, schema } from '../jobs.js'

/** What waits for what, who holds it, and how it ends, in two tables; and what is ready, in those of pg-boss. */
export async function up(tx: Transaction): Promise<void> {
  await new StoredPlans('queue').create(tx)
  // Its own plan begins and commits; here the migration does.
  await tx.query(PgBoss.getConstructionPlans(schema).replace(/^\s*(BEGIN|COMMIT);/gm, ''))
  await tx.query(`SELECT ${schema}.create_queue('${queue}', '{"policy": "standard"}')`)
}
