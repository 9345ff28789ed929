import type { IncomingMessage } from 'node:http'

/** A resource is created, then updated, then deleted; no step comes back once a later one has begun. */
const steps = ['create', 'update', 'delete'] as const
type Step = (typeof steps)[number]

/** The process, and the resource it calls for. */
export interface Caller {
  readonly pid: number
  readonly step: Step
  readonly resource: string
  readonly stack: string
  readonly name: string
}

/** Two processes that were at work on one resource. Whether that was wrong, the fates of the processes tell. */
export interface Meeting {
  readonly what: string
  readonly pids: readonly [number, number]
  readonly from: number
  readonly to: number
}

interface UnderWay {
  readonly caller: Caller
  readonly what: string
  readonly began: number
  /** Calls of other processes for the same resource that began meanwhile. */
  readonly met: UnderWay[]
}

/** A connection that is given up is noticed this much later at most. */
const closingMs = 150

/** Who is at work on which resource at this moment, in the cloud of a chaos. */
export class Callers {
  /** Those of which somebody else must tell whether they were wrong. */
  readonly meetings: Meeting[] = []
  /** The furthest step of each resource, and whose it was. */
  private readonly furthest = new Map<string, Caller>()
  private readonly acting = new Map<string, Set<UnderWay>>()

  /** Notes whoever is at work on the resource already, and stays there until its own call is answered. */
  enter(caller: Caller, what: string): (how: 'answered' | 'broken') => void {
    const here = this.acting.get(caller.resource) ?? new Set()
    this.acting.set(caller.resource, here)
    const call: UnderWay = { caller, what, began: Date.now(), met: [] }
    this.checkStep(call)
    for (const other of here) if (other.caller.pid !== caller.pid) other.met.push(call)
    here.add(call)
    return how => {
      here.delete(call)
      if (here.size === 0) this.acting.delete(caller.resource)
      for (const other of call.met) {
        // Whoever gives a call up and hands the work on closes its connection at that moment.
        if (how === 'broken' && Date.now() - other.began < closingMs) continue
        this.meetings.push({
          what: `${call.what} and ${other.what} on ${caller.name} of ${caller.stack}`,
          pids: [caller.pid, other.caller.pid],
          from: call.began,
          to: Date.now(),
        })
      }
    }
  }

  private checkStep({ caller, began }: UnderWay): void {
    const last = this.furthest.get(caller.resource)
    if (last === undefined || steps.indexOf(last.step) <= steps.indexOf(caller.step)) {
      this.furthest.set(caller.resource, caller)
      return
    }
    const what = `the ${caller.step} of ${caller.name} of ${caller.stack} went on after its ${last.step} had begun`
    this.meetings.push({ what, pids: [caller.pid, last.pid], from: began, to: began })
  }
}

/** As the resource type of the chaos says it of each of its requests. */
export function callerOf({ headers }: IncomingMessage): Caller {
  const [pid = '', step = '', resource = '', stack = '', name = ''] = String(headers['x-caller']).split(' ')
  return { pid: Number(pid), step: step as Step, resource, stack, name }
}
