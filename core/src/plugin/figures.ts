/** A number, or several told apart by labels, for whoever monitors the daemon. */
export interface Figure {
  /** Words joined by underscores; the host puts its own name and the engine's before it. A counter's ends in `_total`. */
  readonly name: string
  readonly help: string
  /** A counter only grows, from the start of the process. */
  readonly kind: 'gauge' | 'counter'
  readonly values: readonly {
    /** A few different ones at most: each combination is kept by whoever collects them. */
    readonly labels?: Readonly<Record<string, string>>
    readonly value: number
  }[]
}
