/** How many steps may be under way at once. */
export interface Limits {
  /** Of one daemon. */
  readonly slots: number
  /** Of one project in it, beside one that has died with its worker twice and is taken whatever else is under way. */
  readonly share: number
  /** On all daemons together, of a project and of types by name; undefined: it cannot be told from outside. */
  readonly together?: { readonly project: number; readonly types: ReadonlyMap<string, number> }
}

/** Steps of a daemon at a time that are tried once more though their workers have died. */
const suspects = 1

/** A step that has a call to the cloud under way. */
export interface Acting {
  readonly by: string
  readonly resource: string
  readonly project: string
  readonly type: string
}

/** Which limits are broken, and by how many steps. Pure. */
export function beyond(acting: readonly Acting[], { slots, share, together }: Limits): string[] {
  const found: string[] = []
  const check = (what: string, of: (one: Acting) => string, limitOf: (key: string) => number): void => {
    const steps = new Map<string, Set<string>>()
    for (const one of acting) {
      const key = of(one)
      steps.set(key, (steps.get(key) ?? new Set()).add(one.resource))
    }
    for (const [key, { size }] of steps) {
      if (size > limitOf(key)) found.push(`${size} steps of ${what} ${key} at once, and ${limitOf(key)} are allowed`)
    }
  }
  check(
    'daemon',
    ({ by }) => by,
    () => slots,
  )
  check(
    'daemon and project',
    ({ by, project }) => `${by} ${project}`,
    () => share + suspects,
  )
  if (together === undefined) return found
  const { project, types } = together
  check(
    'project',
    one => one.project,
    () => (project === 0 ? Number.POSITIVE_INFINITY : project),
  )
  check(
    'type',
    ({ type }) => type,
    type => types.get(type) ?? Number.POSITIVE_INFINITY,
  )
  return found
}
