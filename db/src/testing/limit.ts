import { randomUUID } from 'node:crypto'
import pg from 'pg'

/** Rows in one transaction: more brings nothing, fewer cost commits. */
const batch = 1000

export interface Limit {
  /** Seconds for the inserts of all rows, and for bringing them to their end. */
  readonly insertSeconds: number
  readonly finishSeconds: number
}

/**
 * What PostgreSQL can do at best: as many resources, events and nodes as a create writes, by hand-batched SQL on one
 * connection of the driver, with the same tables, indexes and durability, and with nothing decided in between.
 * The yardstick of the benchmark. The database has Hearth's tables and those of the convergence engine.
 */
export async function measureLimit(url: string, count: number): Promise<Limit> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    const stack = randomUUID()
    const ids = Array.from({ length: count }, () => randomUUID())
    const began = performance.now()
    const nodes: string[] = []
    for (const some of batches(ids)) {
      await client.query('BEGIN')
      await client.query(insertResources, [some, stack])
      const { rows } = await client.query<{ id: string }>(insertNodes, [some, stack])
      nodes.push(...rows.map(({ id }) => id))
      await client.query('COMMIT')
    }
    const inserted = performance.now()
    const allNodes = batches(nodes)
    for (const [index, some] of batches(ids).entries()) {
      await client.query('BEGIN')
      await client.query(complete, [some, stack, some.map(() => randomUUID()), some.map(() => randomUUID())])
      await client.query(deleteNodes, [allNodes[index]])
      await client.query('COMMIT')
    }
    const ended = performance.now()
    return { insertSeconds: (inserted - began) / 1000, finishSeconds: (ended - inserted) / 1000 }
  } finally {
    await client.end()
  }
}

function batches<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / batch) }, (_, at) => all.slice(at * batch, (at + 1) * batch))
}

const insertResources = `INSERT INTO resource (id, stack_id, root_id, name, type)
  SELECT id, $2, $2, 'r' || place, 'OS::Heat::RandomString' FROM unnest($1::uuid[]) WITH ORDINALITY AS n(id, place)`
const insertNodes = `INSERT INTO node (traversal, stack_id, root_id, project, type, lane, resource, step, pending, state, turn)
  SELECT 1, $2, $2, 'limit', 'OS::Heat::RandomString', 'OS::Heat::RandomString', id, 'converge', 0, 'ready', place
  FROM unnest($1::uuid[]) WITH ORDINALITY AS n(id, place) RETURNING id`
/** The columns that a step writes, with values as long as those of a random string, and its two events. */
const complete = `WITH done AS (UPDATE resource r SET action = 'CREATE', status = 'COMPLETE', status_reason = 'state changed',
      physical_id = 'limit-' || id, properties = '{"length": 32, "character_classes": [{"min": 1, "class": "lettersdigits"}]}',
      data = repeat('x', 120), metadata = '{}', template_id = $2, requires = '{}', definition_digest = repeat('d', 43),
      deletion_policy = 'Delete', updated_at = hearth_now()
    WHERE id = ANY($1::uuid[]) RETURNING id, name)
  INSERT INTO event (id, stack_id, root_id, resource_name, resource_type, physical_id, action, status, status_reason)
  SELECT e.id, $2, $2, 'r', 'OS::Heat::RandomString', 'limit', 'CREATE', e.status, 'state changed'
  FROM (SELECT unnest($3::uuid[]) AS id, 'IN_PROGRESS' AS status UNION ALL SELECT unnest($4::uuid[]), 'COMPLETE') AS e`
const deleteNodes = 'DELETE FROM node WHERE id = ANY($1::bigint[])'
