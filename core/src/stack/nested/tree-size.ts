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
  if ((await wantedResources(services, rootId, tx)) > most) {
    throw errors.requestLimitExceeded('Maximum resources per stack exceeded.')
  }
}

async function wantedResources({ definitions }: StackServices, rootId: string, tx: Transaction): Promise<number> {
  const [root, ...inner] = await trees.below(tx, rootId)
  if (root === undefined) return 0
  const all = await definitions.ofTemplates(
    [root, ...inner].map(one => ({ template: one.templateId, stack: refOf(one) })),
    tx,
  )
  // Of a resource that is replaced, the stack that was made last.
  const byPlace = new Map<string, StackRow>()
  for (const one of inner) {
    const place = `${one.parentId} ${one.parentResource}`
    const other = byPlace.get(place)
    if (other === undefined || other.createdAt <= one.createdAt) byPlace.set(place, one)
  }
  const sizeOf = ({ id, templateId }: StackRow): number => {
    const names = [...(all.get(templateId)?.resources.keys() ?? [])]
    const stacks = names.flatMap(name => byPlace.get(`${id} ${name}`) ?? [])
    return stacks.reduce((sum, stack) => sum + sizeOf(stack), names.length)
  }
  return sizeOf(root)
}
