import type { StackRow } from '../rows.js'
import { type Queryable, statement, type Transaction } from '../transaction.js'
import { stackColumns } from './stack-store.js'

/** A stack as a member of its tree: a stack without a parent, with all that are nested in it. */
export interface TreeMember {
  readonly id: string
  readonly rootId: string
  readonly parentId: string | null
  readonly project: string
  readonly name: string
  readonly action: string
  readonly status: string
  readonly revision: number
  readonly templateId: string
  readonly engine: string
  /** Resource rows. */
  readonly resources: number
  /** Those of them that are from before the flag and lack what it brought. */
  readonly old: number
}

/** What names a tree: its root. */
export type TreeRoot = Pick<TreeMember, 'id' | 'project' | 'name' | 'engine'>

/** The trees of one engine, told by some of their roots. */
export interface EngineTrees {
  readonly engine: string
  readonly count: number
  /** Names of the first ten, in order. */
  readonly names: string[]
}

const member = `s.id, s.root_id AS "rootId", s.parent_id AS "parentId", s.project, s.name, s.action, s.status,
  s.revision::int AS revision, s.template_id AS "templateId", s.engine, rows.resources, rows.old`
const withRows = `stack s CROSS JOIN LATERAL (SELECT count(*)::int AS resources,
  (count(*) FILTER (WHERE r.requires IS NULL AND r.action <> 'INIT'))::int AS old FROM resource r WHERE r.stack_id = s.id) rows`

/** Locks the stacks of a tree, without waiting: what another transaction has is missing in the answer. */
const lock = statement(
  'tree-lock',
  `SELECT id FROM stack WHERE root_id = $1 AND deleted_at IS NULL ORDER BY id FOR UPDATE SKIP LOCKED`,
)
const members = statement(
  'tree-members',
  `SELECT ${member} FROM ${withRows} WHERE s.root_id = $1 AND s.deleted_at IS NULL ORDER BY s.depth, s.id`,
)
/** Stacks of these trees whose rows are from before the flag, settled ones only. */
const old = statement(
  'tree-old',
  `SELECT ${member} FROM ${withRows} WHERE s.root_id = ANY($1::uuid[]) AND s.deleted_at IS NULL
    AND s.status <> 'IN_PROGRESS' AND rows.old > 0`,
)
const running = statement(
  'tree-running',
  `SELECT DISTINCT root_id AS id FROM stack
    WHERE root_id = ANY($1::uuid[]) AND status = 'IN_PROGRESS' AND deleted_at IS NULL`,
)
/** Roots on engine $1, on any but $2, of project $3: what is null does not matter. */
const roots = statement(
  'tree-roots',
  `SELECT id, project, name, engine FROM stack WHERE parent_id IS NULL AND deleted_at IS NULL
    AND ($1::text IS NULL OR engine = $1) AND engine <> $2 AND ($3::text IS NULL OR project = $3)
    ORDER BY project, name, id`,
)
const called = statement(
  'tree-called',
  `SELECT s.id, s.root_id AS "rootId", s.project, s.name, s.engine, root.name AS "rootName"
    FROM stack s JOIN stack root ON root.id = s.root_id
    WHERE (s.id::text = ANY($1::text[]) OR s.name = ANY($1::text[])) AND s.deleted_at IS NULL
      AND ($2::text IS NULL OR s.project = $2)
    ORDER BY s.project, s.name`,
)
/** The live stacks of a tree from one of them ($1) downwards. */
const belowOf = `RECURSIVE below AS (SELECT id FROM stack WHERE id = $1 AND deleted_at IS NULL
    UNION ALL SELECT s.id FROM stack s JOIN below b ON s.parent_id = b.id WHERE s.deleted_at IS NULL)`
/** Without waiting, as above; those inside before those around. */
const lockBelow = statement(
  'tree-lock-below',
  `WITH ${belowOf} SELECT id FROM stack WHERE id IN (SELECT id FROM below) ORDER BY depth DESC, id FOR UPDATE SKIP LOCKED`,
)
/** Waits for whoever has one of them. */
const holdBelow = statement(
  'tree-hold-below',
  `WITH ${belowOf} SELECT id FROM stack WHERE id IN (SELECT id FROM below) ORDER BY depth, id FOR UPDATE`,
)
const below = statement(
  'tree-below',
  `WITH ${belowOf} SELECT ${stackColumns} FROM stack WHERE id IN (SELECT id FROM below) ORDER BY depth, id`,
)
/** Stacks ($1) become a tree of the root $2, which was $3 levels deep. */
const uproot = statement(
  'tree-uproot',
  `WITH templates AS (UPDATE template SET root_id = $2 WHERE stack_id = ANY($1::uuid[])),
    resources AS (UPDATE resource SET root_id = $2 WHERE stack_id = ANY($1::uuid[])),
    events AS (UPDATE event SET root_id = $2 WHERE stack_id = ANY($1::uuid[])),
    sinks AS (UPDATE event_sink SET root_id = $2 WHERE stack_id = ANY($1::uuid[])),
    snapshots AS (UPDATE snapshot SET root_id = $2 WHERE stack_id = ANY($1::uuid[])),
    deployments AS (UPDATE software_deployment SET root_id = $2 WHERE stack_id = ANY($1::uuid[]))
    UPDATE stack SET root_id = $2, depth = depth - $3,
      parent_id = CASE WHEN id = $2 THEN NULL ELSE parent_id END,
      parent_resource = CASE WHEN id = $2 THEN NULL ELSE parent_resource END,
      parent_resource_id = CASE WHEN id = $2 THEN NULL ELSE parent_resource_id END,
      asked_by = CASE WHEN id = $2 THEN NULL ELSE asked_by END
    WHERE id = ANY($1::uuid[])`,
)
/**
 * Whoever lets a tree grow counts under a lock of the tree, last in its transaction: of two that do at once one sees what the
 * other one wants.
 */
const lockSize = statement('tree-lock-size', `SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))`)
/** Of a template from before it had a size the rows of its stack are counted. */
const size = statement(
  'tree-size',
  `SELECT coalesce(sum(coalesce(t.size, (SELECT count(DISTINCT r.name) FROM resource r
      WHERE r.stack_id = s.id AND r.action <> 'DELETE'))), 0)::int AS size
    FROM stack s JOIN template t ON t.id = s.template_id WHERE s.root_id = $1 AND s.deleted_at IS NULL`,
)
/**
 * Sets the flag. Nobody acts on a settled stack: what an engine left in `actor` would keep the next one from the row.
 */
const flip = statement(
  'tree-flip',
  `WITH free AS (UPDATE resource SET actor = NULL WHERE stack_id = ANY($1::uuid[]) AND actor IS NOT NULL)
    UPDATE stack SET engine = $2 WHERE id = ANY($1::uuid[])`,
)
const without = statement(
  'tree-without',
  `SELECT engine, count(*)::int AS count, (array_agg(name ORDER BY name))[1:10] AS names FROM stack
    WHERE parent_id IS NULL AND deleted_at IS NULL AND engine <> ALL($1::text[]) GROUP BY engine ORDER BY engine`,
)

/** Stacks as trees, for whoever moves them between engines. */
export const trees = Object.freeze({
  /** @returns ids of the stacks whose rows are now locked until the transaction ends. */
  async lock(tx: Transaction, root: string): Promise<Set<string>> {
    return new Set((await tx.query<{ id: string }>(lock, [root])).map(({ id }) => id))
  },
  /** The live stacks of a tree, its root first. */
  members: (on: Queryable, root: string): Promise<TreeMember[]> => on.query(members, [root]),
  old: (on: Queryable, ids: readonly string[]): Promise<TreeMember[]> => on.query(old, [ids]),
  /** As `lock`, of a stack and all that are nested in it. */
  async lockBelow(tx: Transaction, id: string): Promise<Set<string>> {
    return new Set((await tx.query<{ id: string }>(lockBelow, [id])).map(one => one.id))
  },
  /** Nobody else begins anything on a stack, or on one nested in it, until the transaction ends. Locks those around before those inside. */
  async holdBelow(tx: Transaction, id: string): Promise<void> {
    await tx.query(holdBelow, [id])
  },
  /** A live stack and all that are nested in it, itself first. */
  below: (on: Queryable, id: string): Promise<StackRow[]> => on.query(below, [id]),
  async uproot(
    tx: Transaction,
    { root, depth, stacks }: { root: string; depth: number; stacks: readonly string[] },
  ): Promise<void> {
    await tx.query(uproot, [stacks, root, depth])
  },
  /** Nobody else lets the tree grow until the transaction ends. */
  async lockSize(tx: Transaction, root: string): Promise<void> {
    await tx.query(lockSize, [root])
  },
  /** Resources that the live stacks of a tree want, those too that are on their way out of it. */
  async size(on: Queryable, root: string): Promise<number> {
    return (await on.query<{ size: number }>(size, [root]))[0]?.size ?? 0
  },
  /** Which of these trees have a stack that is IN_PROGRESS. */
  async running(on: Queryable, ids: readonly string[]): Promise<Set<string>> {
    return new Set((await on.query<{ id: string }>(running, [ids])).map(({ id }) => id))
  },
  /** @param from the engine they are on; undefined: any but `to`. */
  roots: (
    on: Queryable,
    { from, to, project }: { from: string | undefined; to: string; project: string | undefined },
  ): Promise<TreeRoot[]> => on.query(roots, [from ?? null, to, project ?? null]),
  /** Live stacks, nested ones too, that have one of these names or ids. */
  called: (
    on: Queryable,
    { words, project }: { words: readonly string[]; project: string | undefined },
  ): Promise<(TreeRoot & { readonly rootId: string; readonly rootName: string })[]> =>
    on.query(called, [words, project ?? null]),
  async flip(tx: Transaction, ids: readonly string[], engine: string): Promise<void> {
    await tx.query(flip, [ids, engine])
  },
  /** Live trees whose flag names none of these engines. */
  without: (on: Queryable, engines: readonly string[]): Promise<EngineTrees[]> => on.query(without, [engines]),
})
