import { type HearthDatabase, type StackRow, stacks } from '@hearth/db'
import { countSignals } from '@hearth/db/shared-statements'
import { expect } from 'chai'
import {
  again,
  done,
  type Plan,
  type PlanOperation,
  type Prepared,
  type ResourceChange,
  type ResourceType,
} from '../../plugin/index.js'
import { emptyEnvironment } from '../../template/index.js'
import { idleEngine, type RunningHost, startHost } from '../../testing/host.js'
import { createStack } from '../create.js'
import { signalResource } from './signal.js'

const caller = { project: 'p', user: 'me', requestId: 'r' }
const shared = { description: '', support: { status: 'SUPPORTED' }, properties: {}, attributes: {} } as const
const bell: ResourceType = {
  ...shared,
  name: 'Bell',
  className: 'Bell',
  create: async () => done(),
  signal: ({ received }) => ({ received: { rung: Number(received.rung ?? 0) + 1 } }),
}
/** Stands once what it depends on has been signalled. */
const listener: ResourceType = {
  ...shared,
  name: 'Listener',
  className: 'Listener',
  create: async ({ required, now }) =>
    required.some(({ received }) => received.rung !== undefined)
      ? done()
      : again({}, { on: 'signal', deadline: new Date(now() + 60_000) }),
}
const request = {
  content: {
    heat_template_version: '2018-08-31',
    resources: { bell: { type: 'Bell' }, listener: { type: 'Listener', depends_on: 'bell' } },
  },
  environment: emptyEnvironment,
  files: {},
}

describe('A signal that comes while a step that waits for it begins', () => {
  let running: RunningHost
  let db: HearthDatabase
  let operation: PlanOperation
  let plan: Plan
  /** Is called when the engine has found what waits, and has not called it again yet. */
  let waking: () => Promise<void> = async () => undefined
  let names = 0

  before(async () => {
    const engine = idleEngine('legacy', {
      accept: async (accepted, tx) => {
        operation = accepted as PlanOperation
        plan = await running.host.plans.place(operation, tx, { moving: false })
      },
      wake: async (these, tx) => {
        await waking()
        await tx.query(countSignals, [these.map(({ id }) => id)])
      },
    })
    const get = <T>(option: { readonly name: string; readonly default: T }): T =>
      option.name === 'convergence_engine' ? ('legacy' as T) : option.default
    running = await startHost([engine], get, [bell, listener])
    db = running.db
  })
  after(() => running?.stop())
  beforeEach(() => {
    waking = async () => undefined
  })

  const prepare = async (name: string): Promise<Prepared> => {
    const node = plan.nodes.find(one => one.name === name) as Plan['nodes'][number]
    const [prepared] = await running.lifecycle.prepare([{ key: name, ...node, operation }])
    return prepared as Prepared
  }
  /** Runs a step as engines do. @returns what is written with its end. */
  const run = async (prepared: Prepared) => {
    const write = (change: Parameters<typeof running.lifecycle.write>[0][number]): Promise<void> =>
      db.transaction(tx => running.lifecycle.write([change], tx))
    if (prepared.begin !== undefined) await write(prepared.begin)
    const { end, change } = await prepared.run(new AbortController().signal, write)
    if (change !== undefined) await write(change)
    return end
  }
  const signalsOf = async (name: string): Promise<number> => {
    const [row] = await db.query<{ signals: number }>(
      'SELECT signals::int AS signals FROM resource WHERE stack_id = $1 AND name = $2',
      [operation.stack.id, name],
    )
    return row?.signals ?? 0
  }
  /** A stack whose bell stands, and whose listener is about to begin. */
  const start = async (): Promise<{ readonly listens: Prepared; readonly ring: () => Promise<void> }> => {
    names += 1
    const { id } = await createStack(running.host, caller, `s${names}`, request)
    await run(await prepare('bell'))
    const stack = (await stacks.find(db, id)) as StackRow
    return { listens: await prepare('listener'), ring: () => signalResource(running.host, stack, 'bell', {}) }
  }

  it('is not lost, if it was stored before the step had begun and after it had looked', async () => {
    const { listens, ring } = await start()
    await ring()
    const end = await run(listens)
    if (end.kind !== 'parked') throw new Error(`it is ${end.kind}`)
    expect(await signalsOf('listener')).to.be.above(end.signals)
    expect(await run(await prepare('listener'))).to.deep.equal({ kind: 'done' })
  })

  it('is not lost, if it is stored after the step has been parked and was sent before it had begun', async () => {
    const { listens, ring } = await start()
    let end = {} as Awaited<ReturnType<typeof run>>
    waking = async () => {
      waking = async () => undefined
      end = await run(listens)
    }
    await ring()
    if (end.kind !== 'parked') throw new Error(`it is ${end.kind}`)
    expect(await signalsOf('listener')).to.be.above(end.signals)
  })

  it('is not lost on an engine that sends its own statements right behind what is to be written', async () => {
    const { listens, ring } = await start()
    await ring()
    const { change } = await listens.run(new AbortController().signal, async () => undefined)
    const sent: string[] = []
    await db.transaction(async tx => {
      const noting = {
        ...tx,
        query: (...args: Parameters<typeof tx.query>) => {
          sent.push((args[0] as { name: string }).name)
          return tx.query(...args)
        },
      } as unknown as typeof tx
      await Promise.all([
        running.lifecycle.write([change as ResourceChange], noting),
        noting.query({ name: 'park', text: 'SELECT 1' }),
      ])
    })
    expect(sent).to.deep.equal(['resource-lock-all', 'resource-overhear', 'resource-write', 'park'])
  })

  it('wakes nobody for nothing', async () => {
    const { listens } = await start()
    const end = await run(listens)
    expect(end).to.deep.include({ kind: 'parked', signals: await signalsOf('listener') })
  })
})
