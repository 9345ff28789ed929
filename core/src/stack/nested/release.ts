import { type StackRow, trees } from '@hearth/db'
import { OperationRefused, type Transaction } from '../../plugin/index.js'
import { refOf } from '../records.js'
import type { StackServices } from '../services.js'

/** Rolls back: somebody is at work in the tree. */
class Busy extends Error {}

/**
 * Makes a nested stack, with all that are nested in it, a tree of its own: in one transaction, and only while nothing runs
 * in it. Their engine lets them go as members of the one tree, and takes them as those of the other.
 * @param last runs at the end, since it locks rows of the stack around; it may throw to refuse.
 * @returns false: something is still under way, or a request is at work on one of them.
 */
export async function releaseTree(
  { db, engines, log }: StackServices,
  { id, name }: StackRow,
  last: (tx: Transaction) => Promise<void>,
): Promise<boolean> {
  try {
    await db.transaction(async tx => {
      const locked = await trees.lockBelow(tx, id)
      const [top, ...inner] = await trees.below(tx, id)
      // It was deleted, or released, meanwhile.
      if (top === undefined || top.parentId === null) return
      const family = [top, ...inner]
      if (family.some(one => !locked.has(one.id) || one.status === 'IN_PROGRESS')) throw new Busy()
      const engine = engines.of(top)
      await engine.leave(family.map(refOf), tx)
      await trees.uproot(tx, { root: id, depth: top.depth, stacks: family.map(one => one.id) })
      await engine.enter(
        family.map(one => ({ ...refOf(one), rootId: id })),
        tx,
      )
      await last(tx)
      tx.afterCommit(() => log.info({ stack: id }, `Stack ${name} stays, as a stack of its own`))
    })
    return true
  } catch (error) {
    if (error instanceof Busy || OperationRefused.is(error)) return false
    throw error
  }
}
