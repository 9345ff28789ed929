/**
 * How a group gets to another size and another definition, so many members at a time. Pure; the rule is Heat's
 * (heat/scaling/rolling_update.py).
 */

export interface BatchPolicy {
  /** Members that are changed or made at once, at least 1. */
  readonly maxBatchSize: number
  /** Members that are left alone meanwhile. The group grows beyond its size for a while, if it has to. */
  readonly minInService: number
  readonly pauseSeconds: number
}

export interface Sizes {
  readonly target: number
  readonly current: number
  /** Members that have the new definition already. */
  readonly upToDate: number
}

export interface Batch {
  /** Members that there are after it. */
  readonly size: number
  /** How many of them get the new definition by it. */
  readonly fresh: number
}

/** Undefined: nothing is left to do. */
export function nextBatch(
  { target, current, upToDate }: Sizes,
  { maxBatchSize, minInService }: Pick<BatchPolicy, 'maxBatchSize' | 'minInService'>,
): Batch | undefined {
  if (current === target && upToDate >= current) return undefined
  const inService = Math.min(minInService, target, current)
  const fresh = Math.min(maxBatchSize, Math.max(target - upToDate, 0))
  return { fresh, size: fresh + Math.max(Math.min(current, target - fresh), inService) }
}

/**
 * All batches from here on, the first first.
 * @param surplus what becomes of members that are made beyond the target: `leaves`, they go again, and the others are yet
 *   to be changed; `stays`, they take the place of others.
 */
export function* batches(
  from: Sizes,
  policy: Pick<BatchPolicy, 'maxBatchSize' | 'minInService'>,
  surplus: 'leaves' | 'stays',
): Generator<Batch> {
  const { target } = from
  let { current, upToDate } = from
  for (;;) {
    const batch = nextBatch({ target, current, upToDate }, policy)
    if (batch === undefined) return
    yield batch
    const beyond = surplus === 'leaves' ? Math.max(batch.size - Math.max(current, target), 0) : 0
    upToDate += batch.fresh - beyond
    current = batch.size
  }
}
