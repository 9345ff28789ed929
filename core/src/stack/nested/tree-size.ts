import { limits } from '@hearth/config'
import { type Queryable, type StackRow, trees } from '@hearth/db'
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
  if (services.options.get(limits.maxResourcesPerStack) < 0) return
  await trees.lockSize(tx, rootId)
  await refuse(services, rootId, tx)
}

/** A stack that is not there yet: inside of which resource it is to be, and how many resources it is to have. */
interface Coming {
  readonly parent: Pick<StackRow, 'id' | 'rootId'>
  readonly resource: string
  readonly size: number
}

/**
 * The same before anything is made of a stack inside: whoever makes many stacks at once is refused without a transaction each.
 * @throws RequestLimitExceeded
 */
export const refuseBeyond = (services: StackServices, coming: Coming): Promise<void> =>
  refuse(services, coming.parent.rootId, services.db, coming)

async function refuse(services: StackServices, rootId: string, on: Queryable, coming?: Coming): Promise<void> {
  const most = services.options.get(limits.maxResourcesPerStack)
  // The sum is quickly told, and no less than it should be: it has stacks too that are to go, or to be replaced.
  if (most < 0 || (await trees.size(on, rootId)) + (coming?.size ?? 0) <= most) return
  if (await wantsMoreThan(most, services, rootId, on, coming)) throw errors.tooManyResources()
}

/** Definitions that are read at once: a tree far beyond the limit is not read whole, and whoever reads holds up nobody. */
const definitionsAtOnce = 25

async function wantsMoreThan(
  most: number,
  { definitions }: StackServices,
  rootId: string,
  on: Queryable,
  coming: Coming | undefined,
): Promise<boolean> {
  const [root, ...inner] = await trees.below(on, rootId)
  // Of a resource that is replaced, the stack that was made last.
  const byPlace = new Map<string, StackRow>()
  for (const one of inner) {
    const place = placeOf(one.parentId, one.parentResource)
    const other = byPlace.get(place)
    if (other === undefined || other.createdAt <= one.createdAt) byPlace.set(place, one)
  }
  // It takes the place of the one that it replaces, which is there still.
  if (coming !== undefined) byPlace.delete(placeOf(coming.parent.id, coming.resource))
  const left = root === undefined ? [] : [root]
  let wanted = coming?.size ?? 0
  while (left.length > 0) {
    const some = left.splice(0, definitionsAtOnce)
    const known = await definitions.ofTemplates(
      some.map(one => ({ template: one.templateId, stack: refOf(one) })),
      on,
    )
    for (const { id, templateId } of some) {
      const names = [...(known.get(templateId)?.resources.keys() ?? [])]
      wanted += names.length
      left.push(...names.flatMap(name => byPlace.get(placeOf(id, name)) ?? []))
    }
    if (wanted > most) return true
  }
  return false
}

const placeOf = (parent: string | null, resource: string | null): string => `${parent} ${resource}`
