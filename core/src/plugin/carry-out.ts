import type { Prepared, ResourceChange, StepResult } from './services.js'

/** Somebody else may hold the step by now: nothing of it is written any more. */
export class LeaseLost extends Error {}

/**
 * Carries out one call of a prepared step: writes first that it begins, if others must know, then calls it.
 * @param signal tells the step to stop; its reason is 'lost' once this process holds the step no more.
 * @param save writes a change, fenced and durable, before it resolves.
 * @throws LeaseLost; what `save` rejects with. A step that fails is a result.
 */
export async function carryOut(
  prepared: Prepared,
  signal: AbortSignal,
  save: (change: ResourceChange) => Promise<void>,
): Promise<StepResult> {
  const check = (): void => {
    if (signal.reason === 'lost') throw new LeaseLost()
  }
  const saveHeld = async (change: ResourceChange): Promise<void> => {
    check()
    await save(change)
    check()
  }
  if (prepared.begin !== undefined) await saveHeld(prepared.begin)
  const result = await prepared.run(signal, saveHeld)
  check()
  return result
}
