import { trees } from '@hearth/db'
import type { Clock } from '../../plugin/index.js'
import { fillsOf } from './fill.js'
import type { MigrationParts } from './parts.js'
import { moveTree, type Verdict } from './tree.js'

export interface MigrationInput {
  /** Ids of root stacks. */
  readonly roots: readonly string[]
  /** The engine they are moved to, which is loaded. */
  readonly to: string
  /** Does everything, and takes it back. */
  readonly dryRun: boolean
  /** How long a tree on which something runs is waited for, once that is known; 0: it is left. */
  readonly waitMs: number
  /** Aborted: what is being moved is finished, nothing more is begun. */
  readonly signal: AbortSignal
  /** Called once for each tree that a verdict was reached on: for all of them, unless aborted. */
  readonly report: (root: string, verdict: Verdict) => void
}

/** Trees whose rows are read together. */
const chunkSize = 50
/** Transactions at once. More are no faster on one database, and users wait longer for theirs. */
const atOnce = 4
/** Milliseconds between two looks at trees that are waited for. */
const lookMs = 250
/** Trees that somebody is at are tried again for so long, in milliseconds: a request locks a stack for a moment only. */
const contendedMs = 10_000

/** Moves trees, each in a transaction of its own: what is done stays done, whenever and however this is interrupted. */
export async function migrateTrees(input: MigrationInput, parts: MigrationParts): Promise<void> {
  const { clock, db } = parts
  const { signal, report, waitMs } = input
  const patience: Partial<Record<Verdict['kind'], number>> = {
    busy: waitMs,
    contended: Math.max(waitMs, contendedMs),
  }
  const firstMet = new Map<string, number>()
  const patient = (root: string, { kind }: Verdict): boolean => {
    const now = clock.now()
    const since = firstMet.get(root) ?? now
    firstMet.set(root, since)
    return now - since < (patience[kind] ?? 0)
  }
  const waiting = new Map<string, Verdict>()
  let due: readonly string[] = input.roots
  for (;;) {
    await tryEach(due, input, parts, (root, verdict) =>
      patient(root, verdict) ? waiting.set(root, verdict) : report(root, verdict),
    )
    if (waiting.size === 0 || signal.aborted) break
    await pause(lookMs, clock, signal)
    const running = await trees.running(db, [...waiting.keys()])
    due = [...waiting].filter(([root, verdict]) => !running.has(root) || !patient(root, verdict)).map(([root]) => root)
    for (const root of due) waiting.delete(root)
  }
  for (const [root, verdict] of waiting) report(root, verdict)
}

async function tryEach(
  roots: readonly string[],
  { to, dryRun, signal }: MigrationInput,
  parts: MigrationParts,
  told: (root: string, verdict: Verdict) => void,
): Promise<void> {
  for (let first = 0; first < roots.length && !signal.aborted; first += chunkSize) {
    const chunk = roots.slice(first, first + chunkSize)
    const fills = await fillsOf(chunk, parts)
    const left = chunk.values()
    const work = async (): Promise<void> => {
      for (const root of left) {
        if (signal.aborted) return
        told(root, await moveTree(root, { to, dryRun, fills }, parts))
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
  }
}

/** Ends early when aborted. */
function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = (): void => {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const cancel = clock.after(ms, end)
    signal.addEventListener('abort', end)
  })
}
