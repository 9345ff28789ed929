import type { Clock } from '../plugin/index.js'

/** Longest delay that a timer takes, in milliseconds. */
const longest = 2 ** 31 - 1

/** The process's own clock; the only place that asks it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    let left = Math.max(0, ms)
    let timer: NodeJS.Timeout
    const wait = (): void => {
      const part = Math.min(left, longest)
      left -= part
      timer = setTimeout(() => (left > 0 ? wait() : fn()), part)
      timer.unref()
    }
    wait()
    return () => clearTimeout(timer)
  },
}
