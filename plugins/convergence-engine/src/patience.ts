import type { Clock } from '@hearth/core/plugin'

/** Steps that do not end, and a process that stands still with locks in hand, are waited for so long, in milliseconds. */
export const patienceMs = 4_000

/** Steps that are to end at once. @throws Error when they have not in time */
export function inTime<T>(work: Promise<T>, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(patienceMs, () =>
      reject(new Error(`steps that were to end at once did not within ${patienceMs} ms`)),
    )
    work.then(resolve, reject).finally(cancel)
  })
}
