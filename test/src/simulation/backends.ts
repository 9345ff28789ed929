import type { Backend } from './backend.js'

/** Real connections that transactions and statements borrow. */
export class Backends {
  private readonly free: Backend[]

  constructor(private readonly all: readonly Backend[]) {
    this.free = [...all]
  }

  /** The one that was given back last: it knows most statements. */
  take(): Backend {
    const backend = this.free.pop()
    if (backend === undefined) throw new Error(`all ${this.all.length} connections of the world are in use`)
    return backend
  }

  giveBack(backend: Backend): void {
    this.free.push(backend)
  }

  /** No more than one is in use: nothing can be in its way. */
  get alone(): boolean {
    return this.free.length + 1 >= this.all.length
  }
}
