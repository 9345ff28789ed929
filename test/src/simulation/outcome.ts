/** What a world came to, and how much happened in it. */
export interface Outcome {
  readonly problems: readonly string[]
  readonly trace: readonly string[]
  readonly steps: number
  readonly accepted: number
  readonly faults: number
  readonly calls: number
  readonly signals: number
  /** Hooks that somebody has cleared. */
  readonly cleared: number
  /** Stacks that went to another engine. */
  readonly moved: number
  /** Signals to scaling policies. */
  readonly alarms: number
  /** Stacks that were made of what abandoned ones have left. */
  readonly adopted: number
}
