import { codeOf, isAway, resources, type TreeMember, trees } from '@hearth/db'
import { OperationRefused, type Transaction } from '../../plugin/index.js'
import { refOf } from '../records.js'
import type { Fill } from './fill.js'
import type { MigrationParts } from './parts.js'

/** What became of one tree. */
export type Verdict =
  | { readonly kind: 'moved'; readonly from: string; readonly stacks: number; readonly resources: number }
  | { readonly kind: 'already' }
  /** It was deleted meanwhile. */
  | { readonly kind: 'gone' }
  /** An operation runs: it may be waited for. */
  | { readonly kind: 'busy'; readonly reason: string }
  /** Somebody is at it at this moment, or was a moment ago: it is to be tried again. */
  | { readonly kind: 'contended'; readonly reason: string }
  /** It cannot be moved. */
  | { readonly kind: 'refused'; readonly reason: string }

/** Rolls back what a verdict forbids, and what was only a trial. */
class NotMoved extends Error {
  constructor(readonly verdict: Verdict) {
    super(verdict.kind)
  }
}

/**
 * Moves one tree in one transaction, with a constant number of statements: locks its stacks without waiting for anybody,
 * has the engine that runs it let go and the other one take it, fills what rows from before the flag lack, and sets the
 * flag. What users see of it, its states, revisions, events and times, stays as it is.
 * @throws what the database says when it is away.
 */
export async function moveTree(
  root: string,
  { to, dryRun, fills }: { to: string; dryRun: boolean; fills: ReadonlyMap<string, Fill> },
  parts: MigrationParts,
): Promise<Verdict> {
  try {
    return await parts.db.transaction(async tx => {
      const locked = await trees.lock(tx, root)
      // Asked once they are locked: what was nested into the tree meanwhile is seen, and found not to be locked.
      const members = await trees.members(tx, root)
      const obstacle = obstacleOf(members, { locked, to, fills })
      if (obstacle !== undefined) return obstacle
      const leaving = members.filter(({ engine }) => engine !== to)
      await handOver(leaving, to, parts, tx)
      const rows = leaving.flatMap(({ id }) => (fills.get(id)?.rows as Extract<Fill['rows'], readonly unknown[]>) ?? [])
      if (rows.length > 0) await resources.completeOld(tx, rows)
      await trees.flip(
        tx,
        leaving.map(({ id }) => id),
        to,
      )
      const moved: Verdict = {
        kind: 'moved',
        from: [...new Set(leaving.map(({ engine }) => engine))].join(', '),
        stacks: leaving.length,
        resources: leaving.reduce((sum, member) => sum + member.resources, 0),
      }
      if (dryRun) throw new NotMoved(moved)
      return moved
    })
  } catch (error) {
    if (error instanceof NotMoved) return error.verdict
    if (isAway(error)) throw error
    return { kind: 'refused', reason: (error as Error).message }
  }
}

/** What keeps a tree, as it stands in rows, from being moved. Pure. */
export function obstacleOf(
  members: readonly TreeMember[],
  { locked, to, fills }: { locked: ReadonlySet<string>; to: string; fills: ReadonlyMap<string, Fill> },
): Verdict | undefined {
  if (members.length === 0) return { kind: 'gone' }
  if (members.every(({ engine }) => engine === to)) return { kind: 'already' }
  const running = members.find(({ status }) => status === 'IN_PROGRESS')
  if (running !== undefined) return { kind: 'busy', reason: underWay(running.name, running.action) }
  const taken = members.find(({ id }) => !locked.has(id))
  if (taken !== undefined) return { kind: 'contended', reason: `a request is at work on ${taken.name}` }
  for (const { id, name, old, revision } of members) {
    const fill = fills.get(id)
    if (old === 0) continue
    if (fill === undefined || fill.revision !== revision)
      return { kind: 'contended', reason: `${name} has just been changed` }
    if ('unreadable' in fill.rows) return { kind: 'refused', reason: fill.rows.unreadable }
  }
  return undefined
}

async function handOver(
  leaving: readonly TreeMember[],
  to: string,
  { engines }: MigrationParts,
  tx: Transaction,
): Promise<void> {
  const target = engines.find(to)
  if (target === undefined) throw new Error(`no loaded plugin provides the engine '${to}'`)
  // All stacks of a tree are on one engine, unless somebody was at the rows by hand.
  for (const name of new Set(leaving.map(({ engine }) => engine))) {
    const engine = engines.find(name)
    if (engine === undefined) {
      const reason = `no loaded plugin provides its engine '${name}'; load it, for this once with --plugin`
      throw new NotMoved({ kind: 'refused', reason })
    }
    await asked(() => engine.leave(leaving.filter(member => member.engine === name).map(refOf), tx))
  }
  await asked(() => target.enter(leaving.map(refOf), tx))
}

/** An engine's refusal becomes a verdict; what the database says remains an error, and may be tried again. */
async function asked(ask: () => Promise<void>): Promise<void> {
  try {
    await ask()
  } catch (error) {
    if (OperationRefused.is(error))
      throw new NotMoved({ kind: 'busy', reason: underWay(error.stackName, error.running) })
    if (codeOf(error) !== undefined) throw error
    throw new NotMoved({ kind: 'refused', reason: (error as Error).message })
  }
}

const underWay = (stack: string, action: string): string => `${action} of ${stack} is under way`
