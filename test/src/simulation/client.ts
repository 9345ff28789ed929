import {
  abandonStack,
  type Caller,
  cancelOperation,
  createStack,
  deleteStack,
  findLiveStack,
  listSnapshots,
  markUnhealthy,
  readRequest,
  type StackRequest,
  restoreStack,
  takeSnapshot,
  updateStack,
  visitStack,
} from '@hearth/core/use-cases'
import type { JsonMap, VisitingAction } from '@hearth/core/plugin'
import { Calls, isLost } from './calls.js'
import type { Cloud } from './cloud.js'
import { accept, type KnownStack, requestEnded, unmadeStack } from './known-stack.js'
import { type Leavings, leavingsOf, namedIn, unknownIn } from './leavings.js'
import type { SimulatedProcess } from './process.js'
import type { Random } from '@hearth/conformance'
import { anyTemplate, type Shape, type Wanted } from '../model/templates.js'
import { besides, templateOf } from '../model/written.js'
import type { Server } from './server.js'
import { things } from './thing.js'

/** A resume mends a suspend, so that most of a storm is not spent suspended. */
const visits: readonly VisitingAction[] = ['SUSPEND', 'RESUME', 'RESUME', 'CHECK', 'CHECK']
const limits = { maxSize: 1_000_000 }

/** A user of the API: sends requests to daemons that are up, and remembers what was accepted. */
export class Client {
  readonly stacks: KnownStack[] = []
  readonly problems: string[] = []
  accepted = 0
  adopted = 0
  private marks = 0
  private names = 0
  /** Of abandoned stacks: nobody has adopted it yet. */
  private readonly left: Leavings[] = []
  private readonly calls: Calls<KnownStack>

  constructor(
    private readonly random: Random,
    private readonly server: Server,
    private readonly shape: Shape,
    private readonly cloud: Cloud,
    processes: () => SimulatedProcess[],
  ) {
    this.calls = new Calls(random, processes)
  }

  /** How many abandoned stacks have left what can be adopted. */
  get leavings(): number {
    return this.left.length
  }

  /** One random request. */
  operate(projects: number, most: number): void {
    if (this.left.length > 0 && this.random.chance(0.4)) return this.adopt()
    const idle = this.stacks.filter(({ busy, deleted }) => !busy && !deleted)
    if (idle.length === 0 || (this.stacks.length < most && this.random.chance(0.4))) {
      if (this.stacks.length < most) this.create(`p${this.random.below(projects)}`)
      return
    }
    const stack = this.random.pick(idle)
    const dice = this.random.next()
    if (dice < 0.5) this.update(stack, anyTemplate(this.random, this.nextMark(), this.shape), this.random.chance(0.4))
    else if (dice < 0.6) this.mark(stack)
    else if (dice < 0.64) this.snapshot(stack)
    else if (dice < 0.69) this.restore(stack)
    else if (dice < 0.77) this.visit(stack, this.random.pick(visits))
    else if (dice < 0.88) this.cancel(stack)
    else if (dice < 0.92) this.delete(stack)
    else this.abandon(stack)
  }

  create(project: string): void {
    const wanted = anyTemplate(this.random, this.nextMark(), this.shape)
    const rollback = this.random.chance(0.4)
    this.make(this.newStack(project), wanted, () => request(wanted, rollback))
  }

  /** Makes a stack of what an abandoned one has left, if there is any. */
  adopt(): void {
    const [leavings] = this.left.splice(this.random.below(this.left.length), 1)
    if (leavings === undefined) return
    const { data, wanted } = leavings
    const stack = this.newStack(`p${this.random.below(2)}`, leavings)
    const rollback = this.random.chance(0.4)
    if (rollback) this.cloud.mayTakeBack(stack.name)
    this.make(stack, wanted, () => readRequest({ adopt_stack_data: data, disable_rollback: !rollback }, limits))
  }

  private newStack(project: string, adopts?: Leavings): KnownStack {
    this.names += 1
    const stack = unmadeStack(`s${this.names}`, project, adopts)
    this.stacks.push(stack)
    return stack
  }

  private make(stack: KnownStack, wanted: Wanted, body: () => StackRequest): void {
    stack.sent.set(wanted.mark, wanted)
    this.send(stack, async (process, caller) => {
      const made = await createStack(await process.host, caller, stack.name, body())
      stack.id = made.id
      if (stack.adopts !== undefined) this.adopted += 1
      accept(stack, wanted)
    })
  }

  update(stack: KnownStack, wanted: Wanted, rollback: boolean): void {
    stack.sent.set(wanted.mark, wanted)
    this.send(stack, async (process, caller) => {
      const update = { mode: 'replace', request: request(wanted, rollback) } as const
      await updateStack(await process.host, caller, stack.id as string, update)
      accept(stack, wanted)
    })
  }

  delete(stack: KnownStack): void {
    this.send(stack, async (process, caller) => {
      await deleteStack(await process.host, caller, stack.id as string)
      stack.deleted = true
    })
  }

  abandon(stack: KnownStack): void {
    stack.leaving = true
    const chance = this.random.fork()
    this.send(stack, async (process, caller) => {
      const data = await abandonStack(await process.host, caller, stack.id as string)
      stack.deleted = true
      this.cloud.abandon(stack.name, { named: namedIn(data), unknown: unknownIn(data) })
      const leavings = leavingsOf(chance, data, stack.sent.get(data.template.description as string))
      if (leavings !== undefined) this.left.push(leavings)
    })
  }

  private cancel(stack: KnownStack): void {
    const how = this.random.chance(0.5) ? 'cancel_update' : 'cancel_without_rollback'
    const users = this.random.chance(0.3) ? 2 : 1
    this.send(stack, async (process, caller) => {
      const host = await process.host
      const cancel = (): Promise<void> => cancelOperation(host, caller, stack.id as string, how)
      const answers = await Promise.allSettled(Array.from({ length: users }, cancel))
      // Of two at once one may find that there is nothing left to cancel.
      const refused = answers.flatMap(one => (one.status === 'rejected' ? [one.reason as Error] : []))
      if (refused.length === users) throw refused[0]
    })
  }

  visit(stack: KnownStack, action: VisitingAction): void {
    this.send(stack, async (process, caller) => visitStack(await process.host, caller, stack.id as string, action))
  }

  private snapshot(stack: KnownStack): void {
    this.send(stack, async (process, caller) => takeSnapshot(await process.host, caller, stack.id as string, null))
  }

  /** Brings the stack back to one of its snapshots, if there is one. */
  private restore(stack: KnownStack): void {
    const choice = this.random.next()
    this.send(stack, async (process, caller) => {
      const host = await process.host
      const row = await findLiveStack(host, caller, stack.name, stack.id as string)
      const taken = (await listSnapshots(host, row)).filter(({ status }) => status === 'COMPLETE')
      const snapshot = taken[Math.floor(choice * taken.length)]
      if (snapshot === undefined) return
      await restoreStack(host, caller, row.id, snapshot)
      const { description: mark } = (
        snapshot.data as unknown as { readonly template: { readonly description: string } }
      ).template
      // Taken of a stack whose create was rolled back: there was no template.
      accept(stack, stack.sent.get(mark) ?? { mark, resources: [] })
    })
  }

  /** Says of a resource that it is not well: whatever is accepted next replaces it. */
  private mark(stack: KnownStack): void {
    const [name] = this.random.shuffled(stack.newest?.resources ?? []).map(one => one.name)
    if (name === undefined) return
    // Before it is answered: the one that is asked may die.
    const had = stack.unwell.has(name)
    stack.unwell.add(name)
    const { id } = stack
    this.send(stack, async (process, caller) => {
      const host = await process.host
      try {
        await markUnhealthy(host, await findLiveStack(host, caller, stack.name, id as string), name, {
          unhealthy: true,
        })
      } catch (error) {
        if (!had) stack.unwell.delete(name)
        throw error
      }
    })
  }

  nextMark(): string {
    this.marks += 1
    return `m${this.marks}`
  }

  /** A daemon has died: of a request that it did not answer, the rows say whether it was accepted. */
  async died(process: SimulatedProcess): Promise<void> {
    for (const stack of this.calls.died(process)) await this.learn(stack)
  }

  private async learn(stack: KnownStack): Promise<void> {
    const { leaving } = stack
    requestEnded(stack)
    const [row] = await this.server.query<{ id: string; action: string; mark: string }>(
      `SELECT s.id, s.action, t.content->>'description' AS mark FROM stack s LEFT JOIN template t ON t.id = s.template_id
        WHERE s.name = $1 AND s.project = $2`,
      [stack.name, stack.project],
    )
    if (row === undefined) {
      this.unmade(stack)
      return
    }
    stack.id = row.id
    const wanted = stack.sent.get(row.mark)
    if (row.action === 'DELETE') {
      stack.deleted = true
      // What it has left is nobody's: the data were lost on the way.
      if (leaving) this.cloud.abandon(stack.name)
      // What was accepted before mends nothing that was marked since.
    } else if (reaching.has(row.action) && wanted !== undefined && wanted !== stack.newest) accept(stack, wanted)
  }

  /** A create that was never accepted: there is nothing to speak of. */
  private unmade(stack: KnownStack): void {
    this.stacks.splice(this.stacks.indexOf(stack), 1)
    if (stack.adopts !== undefined) this.left.push(stack.adopts)
  }

  private send(stack: KnownStack, work: (process: SimulatedProcess, caller: Caller) => Promise<unknown>): void {
    const caller = { project: stack.project, user: 'u', requestId: 'r' }
    const sent = this.calls.send(
      stack,
      process => work(process, caller),
      () => {
        this.accepted += 1
        requestEnded(stack)
      },
      error => {
        requestEnded(stack)
        if (stack.id === undefined) this.unmade(stack)
        if (error.type === undefined && !isLost(error)) {
          this.problems.push(`a request for ${stack.name} failed: ${error.stack}`)
        }
      },
    )
    if (sent) stack.busy = true
    else {
      stack.leaving = false
      if (stack.id === undefined) this.unmade(stack)
    }
  }
}

/** Their template is the one that was asked for. */
const reaching: ReadonlySet<string> = new Set(['CREATE', 'ADOPT', 'UPDATE', 'RESTORE'])

const request = (wanted: Wanted, rollback: boolean) =>
  readRequest(
    {
      template: templateOf(wanted, things),
      ...besides(wanted, things),
      disable_rollback: !rollback,
    } as unknown as JsonMap,
    limits,
  )
