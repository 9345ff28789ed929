/** Helpers of the tests in this package. */

/** Milliseconds of the processor that some work takes: not by the clock on the wall, since others may use the machine. */
export function processorMs(work: () => void): number {
  const start = process.cpuUsage()
  work()
  return process.cpuUsage(start).user / 1000
}
