/**
 * Work that takes its turn; urgent work goes ahead of all that waits.
 * @param signal whoever is told to stop waits for its turn no longer. @throws what the work throws; that its turn did not come
 */
export type InTurn = <T>(work: () => Promise<T>, urgent?: boolean, signal?: AbortSignal) => Promise<T>

/** Runs work with at most `most` of it under way; the rest waits its turn. */
export function limited(most: number): InTurn {
  const urgently = new Set<() => void>()
  const waiting = new Set<() => void>()
  let running = 0
  return async (work, urgent = false, signal) => {
    if (running >= most) await turnIn(urgent ? urgently : waiting, signal)
    else running += 1
    try {
      return await work()
    } finally {
      const next = takeFirst(urgently) ?? takeFirst(waiting)
      if (next === undefined) running -= 1
      else next()
    }
  }
}

function turnIn(queue: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      queue.delete(come)
      reject(new Error('it was told to stop before its turn came'))
    }
    const come = (): void => {
      signal?.removeEventListener('abort', leave)
      resolve()
    }
    queue.add(come)
    if (signal?.aborted === true) leave()
    else signal?.addEventListener('abort', leave, { once: true })
  })
}

function takeFirst<T>(queue: Set<T>): T | undefined {
  for (const first of queue) {
    queue.delete(first)
    return first
  }
  return undefined
}
