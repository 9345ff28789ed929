import { literal, Op, type Order, type WhereOptions } from 'sequelize'
import type { HearthDatabase } from '../database.js'
import type { NewStackRow, StackRow } from '../rows.js'
import { type Queryable, statement, type Transaction } from '../transaction.js'
import { codeOf } from '../trouble.js'

/** Another live stack of the project has the name. */
export class NameTaken extends Error {}

/** All columns of a stack's row, under the names that `StackRow` has. */
export const stackColumns = `id, root_id AS "rootId", parent_id AS "parentId", parent_resource AS "parentResource",
  parent_resource_id AS "parentResourceId", asked_by AS "askedBy", depth, project, owner,
  name, action, status, status_reason AS "statusReason", template_id AS "templateId",
  previous_template_id AS "previousTemplateId", reached_template_id AS "reachedTemplateId", disable_rollback AS "disableRollback", timeout_mins AS "timeoutMins",
  tags, revision::int AS revision, engine, created_at AS "createdAt", updated_at AS "updatedAt", deleted_at AS "deletedAt"`

const insert = statement(
  'stack-insert',
  `INSERT INTO stack (id, root_id, parent_id, parent_resource, depth, project, owner, name, action, status, status_reason,
      template_id, previous_template_id, disable_rollback, timeout_mins, tags, revision, engine, parent_resource_id, asked_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::text[], $17, $18, $19, $20)`,
)
const find = statement('stack-find', `SELECT ${stackColumns} FROM stack WHERE id = $1`)
const lock = statement('stack-lock', `SELECT ${stackColumns} FROM stack WHERE id = $1 FOR UPDATE`)
const findByName = statement(
  'stack-find-by-name',
  `SELECT ${stackColumns} FROM stack WHERE project = $1 AND name = $2 AND deleted_at IS NULL ORDER BY created_at LIMIT 1`,
)
const ofResources = statement(
  'stack-of-resources',
  `SELECT ${stackColumns} FROM stack WHERE parent_resource_id = ANY($1::uuid[]) AND deleted_at IS NULL`,
)
const childrenOf = statement(
  'stack-children-of',
  `SELECT ${stackColumns} FROM stack WHERE parent_id = ANY($1::uuid[]) ORDER BY created_at, id`,
)
/** Seconds since the operation of a stack began. */
const elapsed = statement(
  'stack-elapsed',
  `SELECT extract(epoch FROM hearth_now() - coalesce(updated_at, created_at))::float8 AS seconds FROM stack WHERE id = $1`,
)
/** Whether a step of a resource ($3) still belongs to the operation its stack ($1) is in ($2): both stay so until the end. */
const stepCurrent = statement(
  'stack-step-current',
  `SELECT s.revision = $2 AND s.status = 'IN_PROGRESS' AND r.status = 'IN_PROGRESS' AS current
    FROM stack s, resource r WHERE s.id = $1 AND r.id = $3 FOR SHARE`,
)
const countLive = statement(
  'stack-count-live',
  `SELECT count(*)::int AS count FROM stack WHERE project = $1 AND parent_id IS NULL AND deleted_at IS NULL`,
)
const softDelete = statement('stack-soft-delete', `UPDATE stack SET deleted_at = hearth_now() WHERE id = $1`)

/** What an operation may change of a stack; its flag is not among it. */
export interface StackPatch {
  readonly action?: string
  readonly status?: string
  readonly statusReason?: string
  readonly askedBy?: string | null
  readonly templateId?: string
  readonly previousTemplateId?: string | null
  readonly reachedTemplateId?: string | null
  readonly disableRollback?: boolean
  readonly timeoutMins?: number | null
  readonly tags?: string[]
  /** Sets updated_at to now. */
  readonly touch?: boolean
  readonly bumpRevision?: boolean
}

const patchable: Readonly<Record<string, string>> = {
  action: 'action',
  status: 'status',
  statusReason: 'status_reason',
  askedBy: 'asked_by',
  templateId: 'template_id',
  previousTemplateId: 'previous_template_id',
  reachedTemplateId: 'reached_template_id',
  disableRollback: 'disable_rollback',
  timeoutMins: 'timeout_mins',
  tags: 'tags',
}

export type SortKey = 'stack_name' | 'stack_status' | 'creation_time' | 'updated_time'
export interface StackQuery {
  /** undefined: of every project. */
  readonly project?: string
  /** Column → allowed values. */
  readonly filters: Readonly<Partial<Record<keyof StackRow, readonly (string | number | boolean | null)[]>>>
  readonly tags?: readonly string[]
  readonly tagsAny?: readonly string[]
  readonly notTags?: readonly string[]
  readonly notTagsAny?: readonly string[]
  readonly showDeleted?: boolean
  readonly showNested?: boolean
  readonly hiddenTags?: readonly string[]
  readonly sortKeys: readonly SortKey[]
  readonly sortDir: 'asc' | 'desc'
  readonly nulls?: 'first' | 'last'
  /** A stack's id: rows after it. An unknown one, or one of another project, is ignored. */
  readonly marker?: string
  readonly limit?: number
}

export const stacks = Object.freeze({
  /** @throws NameTaken */
  async insert(tx: Transaction, row: NewStackRow): Promise<void> {
    const { id, rootId, parentId, parentResource, depth, project, owner, name, action, status, statusReason } = row
    const { templateId, previousTemplateId, disableRollback, timeoutMins, tags, revision, engine } = row
    const values = [id, rootId, parentId, parentResource, depth, project, owner, name, action, status, statusReason]
    try {
      await tx.query(insert, [
        ...values,
        templateId,
        previousTemplateId,
        disableRollback,
        timeoutMins,
        tags,
        revision,
        engine,
        row.parentResourceId,
        row.askedBy,
      ])
    } catch (error) {
      throw codeOf(error) === '23505' ? new NameTaken(name) : error
    }
  },
  async find(on: Queryable, id: string): Promise<StackRow | undefined> {
    return (await on.query<StackRow>(find, [id]))[0]
  },
  async findByName(on: Queryable, project: string, name: string): Promise<StackRow | undefined> {
    return (await on.query<StackRow>(findByName, [project, name]))[0]
  },
  /** Locks the row until the transaction ends. Stacks are locked first of all rows. */
  async lock(tx: Transaction, id: string): Promise<StackRow | undefined> {
    return (await tx.query<StackRow>(lock, [id]))[0]
  },
  /** The live stacks inside resources. */
  ofResources: (on: Queryable, resourceIds: readonly string[]): Promise<StackRow[]> =>
    resourceIds.length === 0 ? Promise.resolve([]) : on.query<StackRow>(ofResources, [resourceIds]),
  /** Stacks directly below, deleted ones too, oldest first. */
  childrenOf: (on: Queryable, ids: readonly string[]): Promise<StackRow[]> => on.query<StackRow>(childrenOf, [ids]),
  async elapsed(on: Queryable, id: string): Promise<number> {
    return (await on.query<{ seconds: number }>(elapsed, [id]))[0]?.seconds ?? 0
  },
  async stepCurrent(tx: Transaction, id: string, revision: number, resourceId: string): Promise<boolean> {
    return (await tx.query<{ current: boolean }>(stepCurrent, [id, revision, resourceId]))[0]?.current ?? false
  },
  /** @returns the revision after the change. */
  async update(tx: Transaction, id: string, { touch, bumpRevision, ...patch }: StackPatch): Promise<number> {
    const values: unknown[] = [id]
    const sets = Object.entries(patch).map(([field, value]) => {
      values.push(value)
      return `${patchable[field]} = $${values.length}${field === 'tags' ? '::text[]' : ''}`
    })
    if (touch === true) sets.push('updated_at = hearth_now()')
    if (bumpRevision === true) sets.push('revision = revision + 1')
    const text = `UPDATE stack SET ${sets.join(', ')} WHERE id = $1 RETURNING revision::int AS revision`
    const [row] = await tx.query<{ revision: number }>(text, values)
    if (row === undefined) throw new Error(`stack ${id} is gone`)
    return row.revision
  },
  async softDelete(tx: Transaction, id: string): Promise<void> {
    await tx.query(softDelete, [id])
  },
  async countLive(on: Queryable, project: string): Promise<number> {
    return (await on.query<{ count: number }>(countLive, [project]))[0]?.count ?? 0
  },
  async list(db: HearthDatabase, query: StackQuery): Promise<StackRow[]> {
    const found = query.marker === undefined ? undefined : await stacks.find(db, query.marker)
    const marker = query.project === undefined || found?.project === query.project ? found : undefined
    const rows = await db.models.stack.findAll({
      where: { [Op.and]: [where(query), ...(marker === undefined ? [] : [after(db, query, marker)])] } as WhereOptions,
      order: order(query),
      ...(query.limit === undefined ? {} : { limit: query.limit }),
    })
    return rows.map(row => row.get() as StackRow)
  },
  count: (db: HearthDatabase, query: StackQuery): Promise<number> => db.models.stack.count({ where: where(query) }),
})

function where(query: StackQuery): WhereOptions {
  const all: unknown[] = []
  if (query.project !== undefined) all.push({ project: query.project })
  if (query.showDeleted !== true) all.push({ deletedAt: null })
  if (query.showNested !== true) all.push({ parentId: null })
  for (const [column, values] of Object.entries(query.filters)) {
    if (values !== undefined && values.length > 0) all.push({ [column]: { [Op.in]: values } })
  }
  const some = (tags: readonly string[] | undefined): tags is readonly string[] => tags !== undefined && tags.length > 0
  if (some(query.tags)) all.push({ tags: { [Op.contains]: query.tags } })
  if (some(query.tagsAny)) all.push({ tags: { [Op.overlap]: query.tagsAny } })
  if (some(query.notTags)) all.push({ [Op.not]: { tags: { [Op.contains]: query.notTags } } })
  if (some(query.notTagsAny)) all.push({ [Op.not]: { tags: { [Op.overlap]: query.notTagsAny } } })
  if (some(query.hiddenTags)) all.push({ [Op.not]: { tags: { [Op.overlap]: query.hiddenTags } } })
  return { [Op.and]: all } as WhereOptions
}

/** What a sort key sorts by; a status is shown, and so sorted, as ACTION_STATUS. */
const sortExpression: Readonly<Record<SortKey, string>> = {
  stack_name: 'name',
  stack_status: `(action || '_' || status)`,
  creation_time: 'created_at',
  updated_time: 'updated_at',
}

function order({ sortKeys, sortDir, nulls }: StackQuery): Order {
  const suffix = `${sortDir.toUpperCase()}${nulls === undefined ? '' : ` NULLS ${nulls.toUpperCase()}`}`
  return [...sortKeys.map(key => literal(`${sortExpression[key]} ${suffix}`)), literal(`id ${sortDir.toUpperCase()}`)]
}

/**
 * Rows after the marker in the sort order; nulls stand where PostgreSQL puts them: last upwards, first downwards.
 * The marker's values are read in the statement: a Date has lost the microseconds, and with them the order of stacks
 * that were made at once.
 */
function after({ sequelize }: HearthDatabase, { sortKeys, sortDir, nulls }: StackQuery, marker: StackRow): unknown {
  const above = sortDir === 'asc' ? '>' : '<'
  const nullsLast = nulls === undefined ? sortDir === 'asc' : nulls === 'last'
  const markerId = sequelize.escape(marker.id)
  const alternatives: string[] = []
  const equal: string[] = []
  for (const key of sortKeys) {
    const sql = sortExpression[key]
    if (key === 'updated_time' && marker.updatedAt === null) {
      if (!nullsLast) alternatives.push([...equal, `${sql} IS NOT NULL`].join(' AND '))
      equal.push(`${sql} IS NULL`)
    } else {
      const value = `(SELECT ${sql} FROM stack WHERE id = ${markerId})`
      const beyond = nullsLast ? `(${sql} ${above} ${value} OR ${sql} IS NULL)` : `${sql} ${above} ${value}`
      alternatives.push([...equal, beyond].join(' AND '))
      equal.push(`${sql} = ${value}`)
    }
  }
  alternatives.push([...equal, `id ${above} ${markerId}`].join(' AND '))
  return literal(`(${alternatives.map(one => `(${one})`).join(' OR ')})`)
}
