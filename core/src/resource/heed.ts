import type { Clock } from '../plugin/index.js'

/** How long a step that was told to stop is waited for, in milliseconds: longer than any of Hearth's own takes. */
export const heedMs = 10_000

/** The step was told to stop, and did not. */
export class Unheeded extends Error {
  constructor() {
    super(`it was told to stop and did not within ${heedMs / 1000} s`)
  }
}

/**
 * What a step answers. One that does not heed its signal is not waited for: it would hold its resource, and whatever comes
 * after it, for as long as this process lives. @throws what the step throws; Unheeded
 */
export async function heeding<T>(work: Promise<T>, signal: AbortSignal, after: Clock['after']): Promise<T> {
  let cancel = (): void => undefined
  let told = (): void => undefined
  const unheeded = new Promise<never>((_, reject) => {
    told = () => {
      cancel = after(heedMs, () => reject(new Unheeded()))
    }
  })
  if (signal.aborted) told()
  else signal.addEventListener('abort', told, { once: true })
  try {
    return await Promise.race([work, unheeded])
  } finally {
    signal.removeEventListener('abort', told)
    cancel()
  }
}
