import { limits } from '@hearth/config'
import { type StackRow, trees } from '@hearth/db'
import * as errors from '../../errors.js'
import type { Transaction } from '../../plugin/index.js'
import { refOf } from '../records.js'
import type { StackServices } from '../services.js'

/**
 * The limit of a tree counts what all of its stacks are to have, those that are being deleted apart. Last in a transaction
 * that changes one of them: of two that grow at once one sees the other.
 * @throws RequestLimitExceeded
 */
export async function checkTreeSize(services: StackServices, rootId: string, tx: Transaction): Promise<void> {
  const most = services.options.get(limits.maxResourcesPerStack)
  // Rows are counted faster, and there are more of them: of what is replaced, or no longer wanted.
  if (most < 0 || (await trees.countResources(tx, rootId)) <= most) return
  if (await wantsMoreThan(most, services, rootId, tx)) {
    throw errors.requestLimitExceeded('Maximum resources per stack exceeded.')
  }
}

/** Definitions that are read at once: a tree far beyond the limit is not read whole, and whoever reads holds up nobody. */
const definitionsAtOnce = 25

async function wantsMoreThan(
  most: number,
  { definitions }: StackServices,
  rootId: string,
  tx: Transaction,
): Promise<boolean> {
  const [root, ...inner] = await trees.below(tx, rootId)
  // Of a resource that is replaced, the stack that was made last.
  const byPlace = new Map<string, StackRow>()
  for (const one of inner) {
    const place = `${one.parentId} ${one.parentResource}`
    const other = byPlace.get(place)
    if (other === undefined || other.createdAt <= one.createdAt) byPlace.set(place, one)
  }
  const left = root === undefined ? [] : [root]
  let wanted = 0
  while (left.length > 0) {
    const some = left.splice(0, definitionsAtOnce)
    const known = await definitions.ofTemplates(
      some.map(one => ({ template: one.templateId, stack: refOf(one) })),
      tx,
    )
    for (const { id, templateId } of some) {
      const names = [...(known.get(templateId)?.resources.keys() ?? [])]
      wanted += names.length
      left.push(...names.flatMap(name => byPlace.get(`${id} ${name}`) ?? []))
    }
    if (wanted > most) return true
  }
  return false
}
