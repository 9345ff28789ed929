import { type Queryable, type StackRow, stacks } from '@hearth/db'

/** A stack and those up to `depth` levels below it, parents first: one query a level. */
export async function familyOf(
  on: Queryable,
  stack: StackRow,
  depth: number,
  { showDeleted }: { readonly showDeleted: boolean },
): Promise<StackRow[]> {
  const family = [stack]
  let level = [stack]
  for (let below = 0; below < depth && level.length > 0; below++) {
    const children = await stacks.childrenOf(
      on,
      level.map(({ id }) => id),
    )
    level = children.filter(({ deletedAt }) => showDeleted || deletedAt === null)
    family.push(...level)
  }
  return family
}
