import { randomUUID } from 'node:crypto'
import type { Plan } from '@hearth/core/plugin'
import type { Queryable } from '@hearth/db'

/** The work that all contenders do. What it means to Hearth's engines is left out: only the queue differs. */

/** Which units each one waits for, by their indexes. */
export type Shape = readonly (readonly number[])[]

export const wide = (count: number): Shape => Array.from({ length: count }, () => [])
export const chain = (count: number): Shape =>
  Array.from({ length: count }, (_, index) => (index === 0 ? [] : [index - 1]))
/** Each unit waits for four of the layer before. */
export const diamond = (layers: number, width: number): Shape =>
  Array.from({ length: layers * width }, (_, index) => {
    const layer = Math.floor(index / width)
    return layer === 0 ? [] : [0, 7, 14, 21].map(step => (layer - 1) * width + ((index + step) % width))
  })

export const planOf = (shape: Shape): Plan => {
  const nodes = shape.map((requires, index) => ({
    resource: randomUUID(),
    name: `r${index}`,
    type: 'Bench::Unit',
    step: 'converge' as const,
    effectless: false,
    requires,
  }))
  return { nodes, added: nodes.map(({ resource: id, name, type }) => ({ id, name, type })) }
}

export interface Written {
  readonly resource: string
  readonly value: string
}

/** The rows of the resources, before anything has run. */
export async function insertResources(plan: Plan, stack: string, on: Queryable): Promise<void> {
  await on.query(
    `INSERT INTO resource (id, stack_id, root_id, name, type, requires)
      SELECT id, $1, $1, name, 'Bench::Unit', requires
      FROM jsonb_to_recordset($2::jsonb) AS r(id uuid, name text, requires uuid[])`,
    [
      stack,
      JSON.stringify(
        plan.nodes.map(({ resource, name, requires }) => ({
          id: resource,
          name,
          requires: requires.map(required => plan.nodes[required]?.resource),
        })),
      ),
    ],
  )
}

/** What units read: the values of those that they wait for. @returns what each of them then writes. */
export async function readInputs(resources: readonly string[], on: Queryable): Promise<Written[]> {
  const rows = await on.query<{ resource: string; inputs: string[] }>(
    `SELECT r.id AS resource, ARRAY(SELECT i.data FROM unnest(r.requires) AS q(id) JOIN resource i ON i.id = q.id) AS inputs
      FROM resource r WHERE r.id = ANY($1::uuid[])`,
    [resources],
  )
  return rows.map(({ resource, inputs }) => ({ resource, value: (inputs[0] ?? resource).padEnd(120, 'x') }))
}

/** What units write: their row, as wide as that of a random string, and two events. */
export async function writeResults(written: readonly Written[], stack: string, on: Queryable): Promise<void> {
  await on.query(
    `WITH done AS (UPDATE resource r SET action = 'CREATE', status = 'COMPLETE', status_reason = 'state changed',
          physical_id = 'bench-' || r.id, properties = '{"length": 32}', data = w.value, definition_digest = repeat('d', 43),
          deletion_policy = 'Delete', updated_at = hearth_now()
        FROM unnest($1::uuid[], $2::text[]) AS w(id, value) WHERE r.id = w.id)
      INSERT INTO event (id, stack_id, root_id, resource_name, resource_type, physical_id, action, status, status_reason)
      SELECT gen_random_uuid(), $3, $3, 'r', 'Bench::Unit', 'bench', 'CREATE', e.status, 'state changed'
      FROM unnest($1::uuid[]) AS w(id), (VALUES ('IN_PROGRESS'), ('COMPLETE')) AS e(status)`,
    [written.map(({ resource }) => resource), written.map(({ value }) => value), stack],
  )
}

/** How many units of a stack are not done: a contender that lost one is found out. */
export async function left(stack: string, on: Queryable): Promise<number> {
  const [row] = await on.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM resource WHERE stack_id = $1 AND status || action <> 'COMPLETECREATE'`,
    [stack],
  )
  return Number(row?.count)
}
