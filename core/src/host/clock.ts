import type { Clock } from '../plugin/index.js'

/** Longest delay that a timer takes, in milliseconds. */
const longest = 2 ** 31 - 1

/** The process's own clock; the only place that asks it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, Math.min(Math.max(0, ms), longest))
    timer.unref()
    return () => clearTimeout(timer)
  },
}
