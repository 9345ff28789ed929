import type { TemplateRow } from '../rows.js'
import { type Queryable, statement, type Transaction } from '../transaction.js'

/** A template, with how many resources it wants. */
export interface NewTemplateRow extends TemplateRow {
  readonly size: number
}

const insert = statement(
  'template-insert',
  `INSERT INTO template (id, stack_id, root_id, content, environment, files, digest, facade, sealed, size)
    VALUES ($1, $2, $3, $4::json, $5::json, $6::jsonb, $7, $8::json, $9, $10)`,
)
const byIds = statement(
  'template-by-ids',
  `SELECT id, stack_id AS "stackId", root_id AS "rootId", content::text, environment::text, files, digest, facade::text, sealed FROM template WHERE id = ANY($1::uuid[])`,
)
/** A template lives as long as its stack points at it, or a resource was last brought to it. */
const purgeUnused = statement(
  'template-purge-unused',
  `DELETE FROM template t USING stack s WHERE t.stack_id = $1 AND s.id = $1
    AND t.id <> s.template_id AND t.id IS DISTINCT FROM s.previous_template_id
    AND t.id IS DISTINCT FROM s.reached_template_id
    AND NOT EXISTS (SELECT FROM resource r WHERE r.stack_id = $1 AND r.template_id = t.id)`,
)

export const templates = Object.freeze({
  async insert(tx: Transaction, row: NewTemplateRow): Promise<void> {
    const { id, stackId, rootId, content, environment, files, digest, facade = null, sealed, size } = row
    await tx.query(insert, [
      id,
      stackId,
      rootId,
      content,
      environment,
      JSON.stringify(files),
      digest,
      facade,
      sealed,
      size,
    ])
  },
  byIds: (on: Queryable, ids: readonly string[]): Promise<TemplateRow[]> => on.query(byIds, [ids]),
  async purgeUnused(tx: Transaction, stackId: string): Promise<void> {
    await tx.query(purgeUnused, [stackId])
  },
})
