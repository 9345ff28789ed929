import { YaqlError } from './error.js'
import { Dict, isList, type Value, ValueSet } from './values.js'

/** What one evaluation may use. */
export interface Limits {
  /** Items that a collection may have. Below zero: any number. */
  readonly iterators: number
  /** Bytes that a single value may take, without what it contains. Zero or below: any number. */
  readonly memory: number
  /** Hears of the steps taken, and may throw. */
  readonly spend?: (steps: number) => void
}

/** Nodes of the tree that are evaluated, and items and blocks of text that are made: a tenth of a second or two. */
const mostSteps = 250_000
/** Characters of text that count as one step. */
const block = 64
/** Calls inside each other; each takes several frames of the stack. */
const deepestCall = 300

/** Counts what one evaluation uses. */
export class Budget {
  private steps = mostSteps
  private depth = 0

  constructor(private readonly limits: Limits) {}

  /** @throws YaqlError when the evaluation has done too much. */
  take(steps: number): void {
    this.steps -= steps
    this.limits.spend?.(steps)
    if (this.steps < 0) throw new YaqlError(`The expression takes more than ${mostSteps} steps`)
  }

  /** Runs what is called from inside the expression. @throws YaqlError when calls are nested too deeply. */
  within<Result>(work: () => Result): Result {
    if (this.depth >= deepestCall) throw new YaqlError(`Calls are nested more than ${deepestCall} levels deep`)
    this.depth++
    try {
      return work()
    } finally {
      this.depth--
    }
  }

  /** @throws YaqlError */
  checkLength(length: number): void {
    const { iterators } = this.limits
    if (iterators >= 0 && length > iterators) throw new YaqlError(`Collection length exceeds ${iterators} elements`)
  }

  /** The same items; going past the limit throws. */
  limited(collection: readonly Value[] | Iterable<Value>): Iterable<Value> {
    if (Array.isArray(collection)) this.checkLength(collection.length)
    if (collection instanceof ValueSet) this.checkLength(collection.size)
    const count = (steps: number): void => {
      this.take(1)
      this.checkLength(steps)
    }
    return {
      *[Symbol.iterator]() {
        let seen = 0
        for (const item of collection) {
          count(++seen)
          yield item
        }
      },
    }
  }

  /** Before a text of that length is made. @throws YaqlError */
  checkText(length: number): void {
    this.checkMemory(textHeader + length)
    this.take(Math.ceil(length / block))
  }

  /** Before a text that is there already is read through. @throws YaqlError */
  checkSearch(text: string): void {
    this.take(Math.ceil(text.length / block))
  }

  /** What a function gave. @throws YaqlError */
  check(value: Value): void {
    if (typeof value === 'string') this.checkText(value.length)
    else if (isList(value)) this.checkMemory(listHeader + reference * value.length)
    else if (value instanceof Dict || value instanceof ValueSet) this.checkMemory(mapHeader + entry * value.size)
  }

  private checkMemory(bytes: number): void {
    const { memory } = this.limits
    if (memory > 0 && bytes > memory) throw new YaqlError('Expression consumed too much memory')
  }
}

/** Bytes as CPython counts them: what users know the quota by. */
const textHeader = 49
const listHeader = 40
const reference = 8
const mapHeader = 64
const entry = 40
