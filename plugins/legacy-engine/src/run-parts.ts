import type { EngineHost, ResourceChange } from '@hearth/core/plugin'

/** What the run of a stack needs of its engine. */
export interface RunParts extends EngineHost {
  readonly worker: () => string
  /** Asks to be told of requests and signals. */
  readonly look: () => void
  /** Writes a change if this process still owns the stack; rejects with `LockLost` if it does not. */
  readonly write: (stack: string, change: ResourceChange) => Promise<void>
}
