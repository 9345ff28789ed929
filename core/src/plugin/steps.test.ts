import { expect } from 'chai'
import type { Transaction } from '@hearth/db/transaction'
import type { PlanOperation } from './operation.js'
import type { Clock, Database, Lifecycle, Prepared, ResourceChange, StepResult, Task } from './services.js'
import { type EndedStep, type HeldStep, type StepRows, Steps } from './steps.js'

const tx = {} as Transaction
const clock: Clock = { now: () => 0, after: () => () => undefined }
const step = (id: string, token = 1): HeldStep => ({ id, token, resource: `resource of ${id}`, step: 'converge' })

/** A worker whose rows are in memory. */
class Worker {
  readonly written: string[] = []
  readonly ends: EndedStep<HeldStep>[][] = []
  readonly returned: string[] = []
  /** What rows say is held by somebody else. */
  readonly lost = new Set<string>()
  /** What a call of a step answers, by its resource. */
  readonly results = new Map<string, StepResult>()
  readonly signals = new Map<string, AbortSignal>()
  /** What `end` answers. */
  next: HeldStep[] = []
  free = -1
  failing: Error | undefined
  readonly rows: StepRows<HeldStep> = {
    operations: async steps => new Map(steps.flatMap(({ id }) => (id === 'gone' ? [] : [[id, {} as PlanOperation]]))),
    begin: async steps => steps.filter(({ id }) => !this.lost.has(id)),
    end: async batch => {
      if (this.failing !== undefined) throw this.failing
      this.ends.push([...batch])
      const run = this.next.splice(0)
      return { run, after: () => (this.free = this.steps.size) }
    },
    giveBack: async steps => void this.returned.push(...steps.map(({ id }) => id)),
  }
  private readonly lifecycle = {
    prepare: async (tasks: readonly Task[]) => tasks.map(task => this.prepared(task)),
    write: async (changes: readonly ResourceChange[]) =>
      void this.written.push(...changes.map(({ resource }) => resource)),
  } as unknown as Lifecycle
  private readonly db = { transaction: async <T>(work: (tx: Transaction) => Promise<T>) => work(tx) } as Database
  readonly steps = new Steps({ db: this.db, lifecycle: this.lifecycle, clock }, this.rows, { most: 10 })

  private prepared(task: Task): Prepared {
    const run = async (signal: AbortSignal): Promise<StepResult> => {
      this.signals.set(task.key, signal)
      return this.results.get(task.resource) ?? { end: { kind: 'done' } }
    }
    return { task, begin: { resource: task.resource }, effectless: false, run }
  }

  /** Until nothing more happens. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
  }
}

describe('the steps of a worker', () => {
  let worker: Worker
  beforeEach(() => {
    worker = new Worker()
  })
  const run = async (...steps: HeldStep[]): Promise<void> => {
    worker.steps.hold(steps)
    await worker.steps.run(steps)
    await worker.settled()
  }

  it('begin and end in batches, and are held no more when the end is written', async () => {
    await run(step('a'), step('b'))
    expect(worker.written).to.deep.equal(['resource of a', 'resource of b'])
    expect(worker.ends.map(batch => batch.map(one => one.step.id))).to.deep.equal([['a', 'b']])
    expect([worker.steps.size, worker.free]).to.deep.equal([0, 0])
  })

  it('go on at once where the engine says so, still held', async () => {
    worker.next = [{ ...step('a'), resource: 'another' }]
    worker.results.set('resource of a', { end: { kind: 'replaced', resource: 'another' } })
    await run(step('a'))
    expect(worker.written).to.deep.equal(['resource of a', 'another'])
    expect(worker.ends).to.have.length(2)
    expect([worker.steps.size, worker.free]).to.deep.equal([0, 0])
  })

  it('are not written once somebody else holds them', async () => {
    worker.lost.add('a')
    await run(step('a'), step('b'))
    expect(worker.written).to.deep.equal(['resource of b'])
    expect(worker.ends.flat().map(one => one.step.id)).to.deep.equal(['b'])
    expect(worker.steps.size).to.equal(0)
    expect(worker.returned).to.deep.equal([])
  })

  it('are handed back when they cannot be written', async () => {
    worker.failing = new Error('the database is away')
    await run(step('a'))
    expect(worker.returned).to.deep.equal(['a'])
    expect(worker.steps.size).to.equal(0)
  })

  it('are let go of when they have gone away', async () => {
    await run(step('gone'))
    expect([worker.steps.size, worker.ends.length]).to.deep.equal([0, 0])
  })

  it('are told to stop under the token that they are held by, and not run once they are dropped', async () => {
    const held = step('a', 2)
    worker.steps.hold([held])
    worker.steps.abort(step('a', 1), 'cancelled')
    worker.steps.abort(held, 'timeout')
    await worker.steps.run([held])
    await worker.settled()
    expect(worker.signals.get('a')?.reason).to.equal('timeout')
    worker.steps.hold([step('b')])
    worker.steps.drop()
    await worker.steps.run([step('b')])
    expect(worker.signals.has('b')).to.equal(false)
  })

  it('are not held that were leased by a statement sent before all was dropped, and answered after it', async () => {
    const before = worker.steps.leasing()
    worker.steps.drop()
    const after = worker.steps.leasing()
    before([step('a')])
    after([step('b')])
    await worker.steps.run([step('a'), step('b')])
    await worker.settled()
    expect([...worker.signals.keys()]).to.deep.equal(['b'])
  })
})
