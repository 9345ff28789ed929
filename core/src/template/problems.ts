import { HearthError, type Problem } from '../errors.js'

/** Problems of one template that are told. */
const mostTold = 100

/** What is wrong with a template: the first thing is thrown at once or, when all are gathered, in the end. */
export class Problems {
  private readonly errors: { readonly error: HearthError; readonly path: string }[] = []
  /** Names under which something was wrong already, so that what refers to them is not blamed. */
  readonly broken = new Set<string>()

  constructor(private readonly gathering: boolean) {}

  /**
   * @param path where the work looks, for errors that do not say it.
   * @returns undefined if the work failed and what follows does not depend on it.
   * @throws HearthError unless all are gathered.
   */
  attempt<Result>(path: string, work: () => Result, broken?: string): Result | undefined {
    try {
      return work()
    } catch (error) {
      if (!this.gathering || !HearthError.is(error)) throw error
      const told = this.errors.some(known => known.error === error)
      if (!told && this.errors.length < mostTold) this.errors.push({ error, path: error.path ?? path })
      if (broken !== undefined) this.broken.add(broken)
      return undefined
    }
  }

  /** The one that is thrown where only one is told. */
  get first(): HearthError | undefined {
    return this.errors[0]?.error
  }

  /** @throws HearthError the first, if there is any. */
  settle(): void {
    if (this.first !== undefined) throw this.first
  }

  get all(): readonly Problem[] {
    return this.errors.map(({ error: { type, message }, path }) => ({ type, message, path }))
  }
}
