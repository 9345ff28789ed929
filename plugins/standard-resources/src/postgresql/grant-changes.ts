import type { Held } from './held.js'

/** Privileges by the number of the object that they are on. */
export type Privileges = { [oid: string]: string[] }

/**
 * What a resource grants itself: what it wants on each object, but what others had granted before. That is not its own
 * to take away. Pure.
 * @param before what it had granted itself until now.
 */
export const ownOf = (held: Held, wanted: readonly string[], before: Privileges): Privileges =>
  picked(held, (oid, grants) =>
    wanted.filter(name => before[oid]?.includes(name) === true || !grants.some(one => one.privilege === name)),
  )

/** What it has granted, wants no longer, and is still there. Pure. */
export const toRevoke = (held: Held, before: Privileges, own: Privileges): Privileges =>
  picked(held, (oid, grants) =>
    (before[oid] ?? []).filter(name => own[oid]?.includes(name) !== true && grants.some(one => one.privilege === name)),
  )

/** The wanted privileges that hold on every object. Pure. */
export const holding = (held: Held, wanted: readonly string[], grantable: boolean): string[] =>
  wanted.filter(name =>
    Object.values(held).every(({ grants }) =>
      grants.some(one => one.privilege === name && (!grantable || one.grantable)),
    ),
  )

/**
 * Objects with the same privileges together, as SQL names them, so that one statement does for all of them; those that are
 * not there any more are left out. Pure.
 */
export function together(
  all: Privileges,
  held: Held,
): { readonly privileges: readonly string[]; readonly on: readonly string[] }[] {
  const groups = new Map<string, string[]>()
  for (const [oid, names] of Object.entries(all)) {
    const identity = held[oid]?.identity
    if (identity === undefined || names.length === 0) continue
    const key = [...names].sort().join()
    groups.set(key, [...(groups.get(key) ?? []), identity])
  }
  return [...groups].map(([key, on]) => ({ privileges: key.split(','), on }))
}

const picked = (held: Held, pick: (oid: string, grants: Held[string]['grants']) => string[]): Privileges =>
  Object.fromEntries(
    Object.entries(held).flatMap(([oid, { grants }]) => {
      const names = pick(oid, grants)
      return names.length === 0 ? [] : [[oid, names]]
    }),
  )
