import { YaqlError } from './error.js'
import { isList, type Value, ValueSet } from './values.js'

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

  /** Before what is called from inside the expression is run. @throws YaqlError when calls are nested too deeply. */
  enter(): void {
    if (this.depth >= deepestCall) throw new YaqlError(`Calls are nested more than ${deepestCall} levels deep`)
    this.depth++
  }

  /** Runs what is called from inside the expression. @throws YaqlError when calls are nested too deeply. */
  within<Result>(work: () => Result): Result {
    this.enter()
    try {
      return work()
    } finally {
      this.leave()
    }
  }

  /** Whoever has entered leaves, also by an error: it may be caught, and another call tried. */
  leave(): void {
    this.depth--
  }

  /** @throws YaqlError */
  checkLength(length: number): void {
    const { iterators } = this.limits
    if (iterators >= 0 && length > iterators) throw new YaqlError(`Collection length exceeds ${iterators} elements`)
  }

  /** The same items, each of which is a step. */
  *stepping(collection: Iterable<Value>): Generator<Value> {
    for (const item of collection) {
      this.take(1)
      yield item
    }
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

  /** Before a text of that length is made. @param width as it will be known, or at least. @throws YaqlError */
  checkText(length: number, { header, bytes }: Width = narrow): void {
    this.checkMemory(header + bytes * length)
    this.take(Math.ceil(length / block))
  }

  /** Before a text that is there already is read through. @throws YaqlError */
  checkSearch(text: string): void {
    this.take(Math.ceil(text.length / block))
  }

  /** What a function gave. @throws YaqlError */
  check(value: Value): void {
    if (typeof value === 'string') this.checkText(value.length, widthOf(value))
    else if (isList(value)) this.checkMemory(listHeader + reference * value.length)
    else if (value instanceof ValueSet) this.checkMemory(sizeOfSet(value.size))
  }

  private checkMemory(bytes: number): void {
    const { memory } = this.limits
    if (memory > 0 && bytes > memory) throw new YaqlError('Expression consumed too much memory')
  }
}

/** Bytes as CPython counts them: what users know the quota by. A dict of YAQL is an object that has its entries elsewhere. */
const listHeader = 40
const reference = 8

/** A text takes as many bytes for each character as its widest one wants. */
interface Width {
  readonly header: number
  readonly bytes: number
}
const narrow: Width = { header: 49, bytes: 1 }

function widthOf(text: string): Width {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
  if (/^[\x00-\x7f]*$/.test(text)) return narrow
  if (/^[\x00-\xff]*$/.test(text)) return { header: 73, bytes: 1 }
  return /[\ud800-\udfff]/.test(text) ? { header: 76, bytes: 4 } : { header: 74, bytes: 2 }
}

/** Its table is four times as large as what is in it when it becomes too full, and always a power of two. */
function sizeOfSet(members: number): number {
  let slots = 8
  for (let fill = 1; fill <= members; fill++) {
    if (fill * 5 < (slots - 1) * 3) continue
    while (slots <= fill * 4) slots *= 2
  }
  return setHeader + (slots > 8 ? setSlot * slots : 0)
}
const setHeader = 216
const setSlot = 16
