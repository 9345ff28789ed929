import type { Daemon } from '@hearth/conformance'
import type { Meeting } from './callers.js'

/** A process that was paused may act on what it saw before, until it has noticed. In milliseconds. */
const noticeMs = 1_000

interface Fate {
  readonly name: string
  readonly daemon: Daemon
  /** When it could not know whether it still held its lease. */
  readonly doubts: { from: number; to: number }[]
}

/** What became of the processes, as far as it excuses what they did. */
export class Fates {
  private readonly known = new Map<number, Fate>()

  began(daemon: Daemon, name: string): void {
    this.known.set(daemon.process.pid ?? 0, { name, daemon, doubts: [] })
  }

  /** From now on it may do what it has no right to any more: it is paused, or killed. */
  doubt(daemon: Daemon): void {
    this.of(daemon)?.doubts.push({ from: Date.now(), to: Number.POSITIVE_INFINITY })
  }

  trust(daemon: Daemon): void {
    const last = this.of(daemon)?.doubts.at(-1)
    if (last !== undefined) last.to = Date.now() + noticeMs
  }

  /** Meetings of two processes that nothing excuses. */
  wrong(meetings: readonly Meeting[]): string[] {
    return meetings
      .filter(({ pids, from, to }) => !pids.some(pid => this.excused(pid, from, to)))
      .map(
        ({ what, pids, from, to }) =>
          `${this.nameOf(pids[0])} and ${this.nameOf(pids[1])} were both at work: ${what} (${iso(from)} to ${iso(to)})`,
      )
  }

  private excused(pid: number, from: number, to: number): boolean {
    const fate = this.known.get(pid)
    return (
      fate !== undefined && [...fate.doubts, ...lapses(fate.daemon)].some(doubt => doubt.from <= to && doubt.to >= from)
    )
  }

  private nameOf(pid: number): string {
    return `${this.known.get(pid)?.name ?? 'somebody'} (${pid})`
  }

  private of({ process }: Daemon): Fate | undefined {
    return this.known.get(process.pid ?? 0)
  }
}

/** A process that had no processor, or no database, for a whole lease says so itself. */
function lapses({ log }: Daemon): { from: number; to: number }[] {
  return log
    .split('\n')
    .filter(line => line.includes('drops its work'))
    .map(line => Number((JSON.parse(line) as { time: number }).time))
    .map(time => ({ from: time - noticeMs, to: time + noticeMs }))
}

const iso = (time: number): string => new Date(time).toISOString().slice(11, 23)
