/** Work that takes its turn; urgent work goes ahead of all that waits. */
export type InTurn = <T>(work: () => Promise<T>, urgent?: boolean) => Promise<T>

/** Runs work with at most `most` of it under way; the rest waits its turn. */
export function limited(most: number): InTurn {
  const urgently: (() => void)[] = []
  const waiting: (() => void)[] = []
  let running = 0
  return async (work, urgent = false) => {
    if (running >= most) await new Promise<void>(resolve => (urgent ? urgently : waiting).push(resolve))
    else running += 1
    try {
      return await work()
    } finally {
      const next = urgently.shift() ?? waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
