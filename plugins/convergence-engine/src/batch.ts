import type { PlanNode, Transaction } from '@hearth/core/plugin'

/** Writes what some steps have changed. */
export type Write = (tx: Transaction) => Promise<void>

/** What comes after a batch. */
export type Sequel =
  | { readonly kind: 'batch' }
  /** Nothing more is carried out in memory: others carry out what is left. */
  | { readonly kind: 'rest'; readonly nodes: readonly PlanNode[] }
  /** The traversal has failed. */
  | { readonly kind: 'failure'; readonly reason: string }

/** Steps of an opening that are written in one transaction, which is sent while they are still worked out. */
export class Batch {
  private tell: (sequel: Sequel) => void = () => undefined
  private fail: (error: unknown) => void = () => undefined
  /** Told once all of it is worked out. */
  readonly sequel = new Promise<Sequel>((resolve, reject) => {
    this.tell = resolve
    this.fail = reject
  })
  private begun = false
  /** Kept until the end: a transaction that meets another one is tried again. */
  private readonly writes: Write[] = []
  private send: (write: Write) => void = () => undefined

  /**
   * @param mayEnd its traversal may be at its end after it.
   * @param work runs the steps, and adds what they have changed in their order.
   */
  constructor(
    readonly mayEnd: boolean,
    private readonly work: (add: (write: Write) => void) => Promise<Sequel>,
  ) {}

  /** There is a transaction for it: it is worked out from now on. */
  begin(): void {
    if (this.begun) return
    this.begun = true
    this.work(write => {
      this.writes.push(write)
      this.send(write)
    }).then(this.tell, this.fail)
  }

  /** It will not be written. */
  drop(error: unknown): void {
    this.fail(error)
  }

  /**
   * Sends what there is, and what there will be, behind what was sent before. @returns what comes after it, and what to await.
   * @throws what the steps have thrown
   */
  async sendTo(tx: Transaction): Promise<{ readonly sequel: Sequel; readonly sent: Promise<unknown> }> {
    const answers: Promise<void>[] = []
    this.send = write => {
      const answer = write(tx)
      // Who failed first is told once all are sent.
      answer.catch(() => undefined)
      answers.push(answer)
    }
    for (const write of this.writes) this.send(write)
    const sequel = await this.sequel
    return { sequel, sent: Promise.all(answers) }
  }
}
