import type { Held } from './grantable.js'

/** Privileges by the object that they are on, as SQL names it. */
export type Privileges = { [identity: string]: string[] }

/**
 * What a resource grants itself: what it wants on each object, but what others had granted before. That is not its own
 * to take away. Pure.
 * @param before what it had granted itself until now.
 */
export const ownOf = (held: Held, wanted: readonly string[], before: Privileges): Privileges =>
  picked(held, (identity, grants) =>
    wanted.filter(name => before[identity]?.includes(name) === true || !grants.some(one => one.privilege === name)),
  )

/** What it has granted, wants no longer, and is still there. Pure. */
export const toRevoke = (held: Held, before: Privileges, own: Privileges): Privileges =>
  picked(held, (identity, grants) =>
    (before[identity] ?? []).filter(
      name => own[identity]?.includes(name) !== true && grants.some(one => one.privilege === name),
    ),
  )

/** The wanted privileges that hold on every object. Pure. */
export const holding = (held: Held, wanted: readonly string[], grantable: boolean): string[] =>
  wanted.filter(name =>
    Object.values(held).every(grants => grants.some(one => one.privilege === name && (!grantable || one.grantable))),
  )

/** Objects with the same privileges together, so that one statement does for all of them. Pure. */
export function together(
  all: Privileges,
): { readonly privileges: readonly string[]; readonly on: readonly string[] }[] {
  const groups = new Map<string, string[]>()
  for (const [identity, names] of Object.entries(all)) {
    if (names.length === 0) continue
    const key = [...names].sort().join()
    groups.set(key, [...(groups.get(key) ?? []), identity])
  }
  return [...groups].map(([key, on]) => ({ privileges: key.split(','), on }))
}

const picked = (held: Held, pick: (identity: string, grants: Held[string]) => string[]): Privileges =>
  Object.fromEntries(
    Object.entries(held).flatMap(([identity, grants]) => {
      const names = pick(identity, grants)
      return names.length === 0 ? [] : [[identity, names]]
    }),
  )
