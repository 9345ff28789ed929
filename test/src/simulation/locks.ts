import { type Backend, deadlock, type Rows } from './backend.js'

/** A statement that waits for a lock which another transaction holds, or waits for before it. */
export interface Waiter {
  readonly backend: Backend
  readonly answer: Promise<Rows | Error>
  /** It waits no longer. */
  readonly came: (outcome: Rows | Error) => void
}

/** Who waits for whom, by the ids of their backends; only those who wait. */
export type Waits = ReadonlyMap<number, readonly number[]>

export interface LockServer {
  waits(pids: readonly number[]): Promise<Waits>
  cancel(pid: number): Promise<void>
  pause(pid: number): void
  goOn(pid: number): void
}

/** So soon it is looked whether a statement waits, in real milliseconds; then more and more seldom, up to so seldom. */
const lookMs = 1
const mostLookMs = 16

/**
 * Which statements wait for locks. PostgreSQL says who waits for whom, and what a deadlock is is decided here, at once and
 * always in the same way: its own search begins after a time of its own, and whoever it finds first is ended.
 */
export class Locks {
  /** In the order in which they began to wait. */
  private waiters: Waiter[] = []
  /** Of those: the backends that do not go on by themselves once they get what they wait for. */
  private readonly paused = new Set<number>()

  constructor(private readonly server: LockServer) {}

  /**
   * Of a statement just sent. @param alone: no other transaction is open. @returns its outcome; undefined: it waits for
   * a lock.
   */
  async settle(backend: Backend, answer: Promise<Rows | Error>, alone = false): Promise<Rows | Error | undefined> {
    if (alone) return answer
    // On a busy machine an answer takes its time: whoever asks often makes it busier.
    for (let ms = lookMs; ; ms = Math.min(2 * ms, mostLookMs)) {
      if (await within(ms, answer)) return answer
      const waits = await this.waits(backend)
      if (!waits.has(backend.pid)) continue
      return isCircle(waits, backend.pid) ? this.end(backend, answer) : undefined
    }
  }

  add(waiter: Waiter): void {
    this.waiters.push(waiter)
  }

  remove(waiter: Waiter): void {
    this.waiters = this.waiters.filter(one => one !== waiter)
  }

  /**
   * What comes now may free locks. Of several that wait for them each goes on alone, in their order: the machine would let them
   * run at once, and what the one finds would depend on how far the other is.
   */
  releasing(): void {
    if (this.waiters.length < 2) return
    for (const { backend } of this.waiters) {
      this.server.pause(backend.pid)
      this.paused.add(backend.pid)
    }
  }

  /** Locks may be free: whoever waited for them goes on. What comes of that frees further ones. */
  async released(): Promise<void> {
    try {
      await this.letGo()
    } finally {
      this.goOn()
    }
  }

  /** Nothing was freed. */
  goOn(pids: Iterable<number> = [...this.paused]): void {
    for (const pid of pids) if (this.paused.delete(pid)) this.server.goOn(pid)
  }

  private async letGo(): Promise<void> {
    while (this.waiters.length > 0) {
      const waits = await this.waits()
      const free = this.waiters.filter(({ backend }) => !waits.has(backend.pid))
      const caught = free.length > 0 ? undefined : this.waiters.findLast(({ backend }) => isCircle(waits, backend.pid))
      if (caught !== undefined) this.came(caught, await this.end(caught.backend, caught.answer))
      let moved = caught !== undefined
      for (const waiter of free) {
        this.goOn([waiter.backend.pid])
        const outcome = await this.settle(waiter.backend, waiter.answer)
        if (outcome === undefined) continue
        this.came(waiter, outcome)
        moved = true
      }
      if (!moved) return
    }
  }

  private came(waiter: Waiter, outcome: Rows | Error): void {
    this.remove(waiter)
    waiter.came(outcome)
  }

  private waits(also?: Backend): Promise<Waits> {
    const backends = this.waiters.map(({ backend }) => backend)
    return this.server.waits([...backends, ...(also === undefined ? [] : [also])].map(({ pid }) => pid))
  }

  private async end({ pid }: Backend, answer: Promise<Rows | Error>): Promise<Error> {
    this.goOn([pid])
    await this.server.cancel(pid)
    await answer
    return deadlock()
  }
}

/** Whether somebody waits, over others, for itself. */
export function isCircle(waits: Waits, pid: number): boolean {
  const reached = new Set<number>()
  const left = [...(waits.get(pid) ?? [])]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (next === pid) return true
    if (reached.has(next)) continue
    reached.add(next)
    left.push(...(waits.get(next) ?? []))
  }
  return false
}

/** Whether it comes within so many real milliseconds. */
async function within(ms: number, answer: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>(resolve => {
    timer = setTimeout(() => resolve(false), ms)
  })
  const came = await Promise.race([answer.then(() => true), late])
  clearTimeout(timer)
  return came
}
