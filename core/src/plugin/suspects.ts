import type { Clock } from './services.js'

/** What a worker may take next: whatever is ready but suspects, one suspect, or nothing for now. */
export type Next = 'others' | 'suspect' | 'nothing'

export interface Moment {
  /** Steps that are held, or may be leased by a statement under way. */
  readonly held: number
  /** The suspect among them: how often it was claimed without an end, and for how many milliseconds it is held. */
  readonly suspect?: { readonly attempts: number; readonly ms: number } | undefined
  /** Whether suspects are waiting. */
  readonly waiting: boolean
  /** Milliseconds since the turn of all others began. */
  readonly turnMs: number
}

/** Of each turn: all others, then what is held may end, then suspects one after the other. In milliseconds. */
const othersMs = 1_000
const endingMs = 1_000
const suspectsMs = 1_000
const turnMs = othersMs + endingMs + suspectsMs
/** A suspect is alone for so long the first time, in milliseconds, and twice as long each time it has died in company since. */
const aloneMs = 10_000
const firstAttempts = 3
const mostDoublings = 10

/** How long a suspect has its worker for itself; whatever it is at by then, it does not hold up all others. */
export const aloneFor = (attempts: number): number =>
  aloneMs * 2 ** Math.min(mostDoublings, Math.max(0, attempts - firstAttempts))

/**
 * A step that has died with its workers twice is a suspect: it is to run alone, so that nothing else is blamed for a third death,
 * nor it for what another one does. A worker that holds nothing takes it at once. One that is busy goes on with all else, then
 * lets what it holds end, and takes it in whatever company is left: a death in company does not count.
 */
export function nextOf({ held, suspect, waiting, turnMs: turn }: Moment): Next {
  if (suspect !== undefined) return suspect.ms < aloneFor(suspect.attempts) ? 'nothing' : 'others'
  if (!waiting) return 'others'
  if (held === 0) return 'suspect'
  if (turn < othersMs) return 'others'
  return turn < othersMs + endingMs ? 'nothing' : 'suspect'
}

/**
 * Whose turn it is in one worker, for engines that go on after a crash. Before it takes steps a worker asks for its `turn`; those
 * that have died with their workers twice, suspects, it takes only in theirs, one at a time.
 */
export class Suspects {
  /** Somebody may have died since it was asked. */
  private unsure = true
  private waiting = false
  private turnBegan = 0
  private held: { readonly id: string; readonly since: number } | undefined
  private cancelLook: (() => void) | undefined

  constructor(
    private readonly clock: Clock,
    private readonly parts: {
      /** How many steps are held, and the suspect among them. */
      readonly holding: () => {
        readonly size: number
        readonly suspect?: { readonly id: string; readonly attempts: number } | undefined
      }
      readonly anyWaiting: () => Promise<boolean>
      readonly look: () => void
    },
  ) {}

  /** There may be some: whoever looks next asks. */
  expect(): void {
    this.unsure = true
  }

  /** None was found. */
  none(): void {
    this.waiting = false
  }

  get expected(): boolean {
    return this.unsure || this.waiting
  }

  /** Nothing is to begin here now. */
  get quiet(): boolean {
    return this.next() === 'nothing'
  }

  /** What to take now; it is looked again when that changes by itself. */
  async turn(): Promise<Next> {
    if (this.unsure) {
      this.unsure = false
      const before = this.waiting
      this.waiting = await this.parts.anyWaiting()
      if (!before) this.turnBegan = this.clock.now()
    }
    const now = this.clock.now()
    const { suspect } = this.parts.holding()
    if (suspect?.id !== this.held?.id) this.held = suspect && { id: suspect.id, since: now }
    if (suspect === undefined && now - this.turnBegan >= turnMs) this.turnBegan = now
    const next = this.next()
    if (this.waiting || next === 'nothing') this.lookLater()
    return next
  }

  stop(): void {
    this.cancelLook?.()
  }

  private next(): Next {
    const now = this.clock.now()
    const { size, suspect } = this.parts.holding()
    // One that was taken since the last turn is held only now.
    const since = suspect?.id === this.held?.id ? this.held?.since : undefined
    return nextOf({
      held: size,
      suspect: suspect && { attempts: suspect.attempts, ms: now - (since ?? now) },
      waiting: this.waiting,
      turnMs: now - this.turnBegan,
    })
  }

  private lookLater(): void {
    this.cancelLook?.()
    this.cancelLook = this.clock.after(othersMs, () => this.parts.look())
  }
}
