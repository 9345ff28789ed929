/** Milliseconds between two looks. */
const lookMs = 15

/** Waits for a value, with a deadline whose error says what was awaited. */
export async function until<T>(what: string, deadlineMs: number, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + deadlineMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new Error(`waited ${deadlineMs} ms for ${what}`)
    await new Promise(resolve => setTimeout(resolve, lookMs))
  }
}
