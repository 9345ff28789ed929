import type { Transaction } from '@hearth/core/plugin'
import PgBoss from 'pg-boss'
import { queue, schema } from '../jobs.js'

/**
 * pg-boss hands out what is ready, and knows neither what waits for what nor who is alive: that is kept here.
 * A step's id is its job's. `place` tells the newest operation of a stack, the only one that is not 'over'.
 */
export async function up(tx: Transaction): Promise<void> {
  await tx.query(`CREATE TABLE queue_operation (
    id uuid PRIMARY KEY,
    place bigint GENERATED ALWAYS AS IDENTITY,
    stack_id uuid NOT NULL,
    operation jsonb NOT NULL,
    state text NOT NULL,
    ending jsonb,
    deadline timestamptz NOT NULL)`)
  await tx.query(`CREATE UNIQUE INDEX queue_operation_current ON queue_operation (stack_id) WHERE state <> 'over'`)
  await tx.query(`CREATE TABLE queue_step (
    id uuid PRIMARY KEY,
    operation uuid NOT NULL,
    stack_id uuid NOT NULL,
    resource uuid NOT NULL,
    step text NOT NULL,
    pending integer NOT NULL,
    needed_by uuid[] NOT NULL,
    begun boolean NOT NULL DEFAULT false,
    idle boolean NOT NULL DEFAULT false,
    told boolean NOT NULL DEFAULT false,
    deaths integer NOT NULL DEFAULT 0,
    abort text,
    holder uuid,
    token integer NOT NULL DEFAULT 0)`)
  await tx.query(`CREATE INDEX queue_step_stack ON queue_step (stack_id, resource)`)
  await tx.query(`CREATE INDEX queue_step_holder ON queue_step (holder) WHERE holder IS NOT NULL`)
  // Its own plan begins and commits; here the migration does.
  await tx.query(PgBoss.getConstructionPlans(schema).replace(/^\s*(BEGIN|COMMIT);/gm, ''))
  await tx.query(`SELECT ${schema}.create_queue('${queue}', '{"policy": "standard"}')`)
}
