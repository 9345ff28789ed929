import type { Clock } from '../plugin/index.js'

/** A clock of this process, by which it measures how long things take. */
export interface HostClock extends Clock {
  /** What the host takes for the time, in milliseconds. It may be put right at any moment. Absent: as `now`. */
  wall?(): number
}

/** Longest delay that a timer takes, in milliseconds. */
const longest = 2 ** 31 - 1

/** When this process began by the clock of the host, if it was right then. */
const origin = Date.now() - performance.now()

/**
 * The process's own clock; the only place that asks it. It goes on evenly from where the host's stood when the process
 * began: what is measured by it is right also while the host's is put right.
 */
export const systemClock: HostClock = {
  now: () => Math.floor(origin + performance.now()),
  wall: () => Date.now(),
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

/** How far the host's clock is from the one that goes on evenly, in milliseconds: if that changes, one of them has jumped. */
export const driftOf = (clock: HostClock): number => (clock.wall?.() ?? clock.now()) - clock.now()
