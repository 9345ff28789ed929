import type { Random } from '@hearth/conformance'
import type { Turns } from './turns.js'

/** Somebody whose events may have to wait, or never come: a simulated process. */
export interface Owner {
  readonly name: string
  readonly state: 'up' | 'paused' | 'dead'
}

export interface Event {
  /** Absent: the world itself. */
  readonly owner?: Owner
  readonly label: string
  /** What it is sent on, if it is a statement. */
  readonly on?: object
  fire(): void | Promise<void>
}

interface Timer extends Event {
  readonly at: number
}

/** Where the simulated time begins: 2026-01-01. */
const beginning = Date.UTC(2026, 0, 1)
/** How often an event takes time, and how much at most, in milliseconds. */
const slowChance = 0.3
const slowMs = 4

/**
 * The order of everything: statements, answers, timers, calls of the cloud. One event is fired at a time, the next one is
 * drawn by the seed once all code has come to rest, and the clock moves only here.
 */
export class Schedule {
  now = beginning
  private events: Event[] = []
  private timers: Timer[] = []
  private fired = 0

  /** @param trace is told of each event that is fired. */
  constructor(
    private readonly random: Random,
    private readonly turns: Turns,
    private readonly trace: (line: string) => void,
  ) {}

  /** Milliseconds since the beginning. */
  get elapsed(): number {
    return this.now - beginning
  }

  get steps(): number {
    return this.fired
  }

  add(event: Event): void {
    this.events.push(event)
  }

  after(ms: number, event: Event): () => void {
    const timer: Timer = { ...event, at: this.now + Math.max(0, ms), fire: () => event.fire() }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter(one => one !== timer)
    }
  }

  /** Nothing of this owner happens any more. @returns what was about to. */
  forget(owner: Owner): Event[] {
    const dropped = this.events.filter(event => event.owner === owner)
    this.events = this.events.filter(event => event.owner !== owner)
    this.timers = this.timers.filter(timer => timer.owner !== owner)
    return dropped
  }

  /** Fires events until `until` says so or nothing is left. @returns whether `until` did. */
  async run(until: () => boolean): Promise<boolean> {
    await this.quiet()
    while (!until()) {
      const event = this.next()
      if (event === undefined) return false
      this.fired += 1
      this.trace(`${this.elapsed} ${event.owner?.name ?? '-'} ${event.label}`)
      await event.fire()
      await this.quiet()
    }
    return true
  }

  private next(): Event | undefined {
    if (this.random.chance(slowChance)) this.now += this.random.between(0, slowMs)
    let runnable = this.runnable()
    if (runnable.length === 0) {
      const earliest = Math.min(...this.timers.filter(awake).map(({ at }) => at))
      if (earliest === Number.POSITIVE_INFINITY) return undefined
      this.now = Math.max(this.now, earliest)
      runnable = this.runnable()
    }
    const event = this.random.pick(runnable)
    this.events = this.events.filter(one => one !== event)
    this.timers = this.timers.filter(one => one !== event)
    return event
  }

  private runnable(): Event[] {
    return [...this.events.filter(awake), ...this.timers.filter(timer => timer.at <= this.now && awake(timer))]
  }

  /** Lets all code run until it waits for events. */
  private async quiet(): Promise<void> {
    do await this.turns.drained()
    while (this.turns.more)
  }
}

const awake = ({ owner }: Event): boolean => owner === undefined || owner.state === 'up'
