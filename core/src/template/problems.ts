import { HearthError, type Place, type Problem } from '../errors.js'
import type { Pieces } from '../pieces.js'

/** Problems of one template that are told. */
const mostTold = 100

/** Does a part of a check that others do not depend on. @param path where it looks, for errors that do not say it. */
export type Attempt = <Result>(path: string, work: () => Result) => Result | undefined

/** What is wrong with a template: the first thing is thrown at once or, when all are gathered, in the end. */
export class Problems {
  private readonly errors: HearthError[] = []
  private readonly doubts: HearthError[] = []
  private count = 0
  /** Names under which something was wrong already, so that what refers to them is not blamed. */
  readonly broken = new Set<string>()

  constructor(readonly gathering: boolean) {}

  /** What is allowed and probably not meant; nobody hears of it unless all is gathered. */
  doubt(path: string, message: string): void {
    if (this.gathering) tellOnce(this.doubts, new HearthError('Warning', 400, message).at({ path }))
  }

  /** `attempt` for those that have no name to lose. */
  readonly attempts: Attempt = (path, work) => this.attempt(path, work)

  /**
   * @param path where the work looks, for errors that do not say it.
   * @param broken the name that cannot be relied on if anything is wrong.
   * @returns undefined if the work failed, or a part of it did, and what follows does not depend on it.
   * @throws HearthError unless all are gathered.
   */
  attempt<Result>(path: string, work: () => Result, broken?: string): Result | undefined {
    const { result, sound } = this.tried(path, work, undefined)
    if (sound) return result
    if (broken !== undefined) this.broken.add(broken)
    return undefined
  }

  /**
   * The same of work whose answer is of use though a part of it has failed.
   * @param otherwise the answer if there is none. @returns the answer, and whether all is well.
   * @throws HearthError unless all are gathered.
   */
  tried<Result, Otherwise>(
    path: string,
    work: () => Result,
    otherwise: Otherwise,
  ): { readonly result: Result | Otherwise; readonly sound: boolean } {
    const before = this.count
    try {
      const result = work()
      return { result, sound: this.count === before }
    } catch (error) {
      this.failed(path, error)
      return { result: otherwise, sound: false }
    }
  }

  /** The same of work that is done in pieces. */
  *attemptIn<Result>(path: string, work: Pieces<Result>): Pieces<Result | undefined> {
    const before = this.count
    try {
      const result = yield* work
      return this.count === before ? result : undefined
    } catch (error) {
      this.failed(path, error)
      return undefined
    }
  }

  /**
   * Checks a stack inside, which has problems of its own, in pieces.
   * @param outside says the same of an error as the template around has it. @throws HearthError unless all are gathered.
   */
  *inside(outside: (error: HearthError) => HearthError, work: (inner: Problems) => Pieces<void>): Pieces<void> {
    const inner = new Problems(this.gathering)
    try {
      yield* inner.attemptIn('', work(inner))
    } catch (error) {
      throw HearthError.is(error) ? outside(error) : error
    }
    for (const error of inner.errors) this.tell(outside(error))
    for (const doubt of inner.doubts) tellOnce(this.doubts, outside(doubt))
  }

  /** As the answer of a validation tells them. */
  get warnings(): readonly Omit<Problem, 'type'>[] {
    return this.doubts.map(doubt => ({ message: origin(doubt).detail, ...(doubt.place ?? { path: '' }) }))
  }

  /** The one that is thrown where only one is told. */
  get first(): HearthError | undefined {
    return this.errors[0]
  }

  /** @throws HearthError the first, if there is any. */
  settle(): void {
    if (this.first !== undefined) throw this.first
  }

  get all(): readonly Problem[] {
    return this.errors.map(({ type, message, place = { path: '' } }) => ({ type, message, ...place }))
  }

  /** @throws HearthError unless all are gathered. */
  private failed(path: string, error: unknown): void {
    if (!HearthError.is(error)) throw error
    const located = error.at({ path: error.path ?? path })
    if (!this.gathering) throw located
    this.tell(located)
  }

  /** One flaw is told once, however many resources meet it. */
  private tell(error: HearthError): void {
    this.count++
    tellOnce(this.errors, error)
  }
}

function tellOnce(told: HearthError[], error: HearthError): void {
  if (told.length < mostTold && !told.some(known => isSame(known, error))) told.push(error)
}

/**
 * By the same words, at the same place or in stacks inside; or at the same place in a file, whatever leads to it. What is wrong
 * in a part is not told again of the whole.
 */
function isSame(one: HearthError, other: HearthError): boolean {
  const [{ file, path } = {}, there] = [one.place, other.place]
  if (one.detail === other.detail && file === there?.file && isIn(path, there?.path)) return true
  const samePlace = file === there?.file && path === there?.path
  const isInside = HearthError.is(one.cause) && HearthError.is(other.cause)
  if ((samePlace || isInside) && one.type === other.type && one.message === other.message) return true
  return samePlace && file !== undefined && origin(one).message === origin(other).message
}

/** Whether a path leads to something in what another one leads to. */
export const isIn = (path: string | undefined, other: string | undefined): boolean =>
  path !== undefined &&
  other !== undefined &&
  other !== '' &&
  path.startsWith(other) &&
  ['.', '['].includes(path.charAt(other.length))

/** The error as it was first told, in the innermost stack. */
const origin = (error: HearthError): HearthError => (HearthError.is(error.cause) ? origin(error.cause) : error)

/** Tells of errors where they are, unless they know it better themselves. @throws what `work` throws. */
export function placed<Result>(path: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw HearthError.is(error) ? error.at({ path: error.path ?? path }) : error
  }
}

/** The same of all that is in a file. */
export function placedIn<Result>(file: string, work: () => Result): Result {
  try {
    return placed('', work)
  } catch (error) {
    if (HearthError.is(error)) error.place = inFile(file, error.place)
    throw error
  }
}

const inFile = (file: string, place: Place = { path: '' }): Place => ({ file, ...place })
