/**
 * Natural batching: whatever arrives while one call of `work` is in flight goes into the next one together.
 * The answer resolves when the batch with that item is done, and rejects with that batch's error.
 */
export function coalesce<Item>(
  work: (items: readonly Item[]) => Promise<void>,
  { most }: { readonly most: number },
): (item: Item) => Promise<void> {
  type Waiting = { readonly item: Item; readonly resolve: () => void; readonly reject: (error: unknown) => void }
  const queue: Waiting[] = []
  let busy = false

  async function drain(): Promise<void> {
    busy = true
    // Let everything that becomes ready in this turn of the event loop join the first batch.
    await new Promise(resolve => setImmediate(resolve))
    while (queue.length > 0) {
      const batch = queue.splice(0, most)
      try {
        await work(batch.map(waiting => waiting.item))
        for (const waiting of batch) waiting.resolve()
      } catch (error) {
        for (const waiting of batch) waiting.reject(error)
      }
    }
    busy = false
  }

  return item =>
    new Promise<void>((resolve, reject) => {
      queue.push({ item, resolve, reject })
      if (!busy) void drain()
    })
}
