/**
 * What the first statement of a transaction that failed said. Statements are sent one behind the other, and PostgreSQL
 * tells those behind it only that the transaction is aborted: which promise rejects first, no sender of them can know.
 */
export class FirstFailure {
  /** Undefined: none has failed. */
  error: unknown

  /** Hands an answer on. @throws what the first of all failed with, if this one fails */
  async orAnswer<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (error) {
      this.error ??= error
      throw this.error
    }
  }

  /** @throws it, if there is one, though nobody cared: PostgreSQL would roll back, and say nothing of that */
  refuseCommit(): void {
    if (this.error !== undefined) throw this.error
  }
}
