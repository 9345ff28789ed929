import { writeFileSync } from 'node:fs'
import { templates, until } from '@hearth/conformance'
import { expect } from 'chai'
import { killServer } from '../kill-server.js'
import { type EngineName, engines, Ground, type Stack } from './ground.js'

const { template, test } = templates

const gated = (properties: Record<string, string | boolean>) => ({ type: 'Test::Gated', properties })
/** `held` is under way, in the middle of a process, whenever somebody dies; `after` must not begin before it has ended. */
const of = (held: Record<string, string>, more: Parameters<typeof template>[0] = {}) =>
  template(
    { held: gated({ value: '1', ...held }), after: test({ value: { get_attr: ['held', 'value'] } }), ...more },
    { value: { get_attr: ['after', 'output'] } },
  )

/** An operation, from the stack that it begins with to how it ends. */
interface Case {
  readonly title: string
  /** Template of the stack before; none: the operation is its create. */
  readonly before?: (gate: string) => object
  readonly begin: (stack: Stack, gate: string) => Promise<{ status: number }>
  readonly under: string
  readonly ends: string
  readonly value?: string
}

const cases: readonly Case[] = [
  { title: 'create', begin: async () => ({ status: 202 }), under: 'CREATE', ends: 'CREATE_COMPLETE', value: '1' },
  {
    title: 'update',
    before: () => of({}),
    begin: (stack, update) => stack.update(of({ value: '2', update })),
    under: 'UPDATE',
    ends: 'UPDATE_COMPLETE',
    value: '2',
  },
  {
    title: 'replace',
    before: () => of({ fixed: 'old' }),
    begin: (stack, create) => stack.update(of({ fixed: 'new', value: '2', create })),
    under: 'CREATE',
    ends: 'UPDATE_COMPLETE',
    value: '2',
  },
  {
    title: 'rollback',
    before: update => of({ update }),
    begin: stack =>
      stack.update(of({ value: '2' }, { bad: { ...gated({ fail: true }), depends_on: 'after' } }), {
        disable_rollback: false,
      }),
    under: 'UPDATE',
    ends: 'ROLLBACK_COMPLETE',
    value: '1',
  },
  {
    title: 'delete',
    before: gate => of({ delete: gate }),
    begin: stack => stack.delete(),
    under: 'DELETE',
    ends: 'DELETE_COMPLETE',
  },
]

describe('a process that is killed in the middle of a create, an update, a replacement, a rollback and a delete', () => {
  let ground: Ground
  let rounds = 0
  before(async () => {
    ground = await Ground.shared()
  })
  beforeEach(() => ground.haveWorkers(2))

  interface Running extends Case {
    readonly engine: EngineName
    stack: Stack
  }

  /** All operations on both engines, each with its step under way. */
  async function underWay(gate: string): Promise<Running[]> {
    rounds += 1
    const all = engines.flatMap(engine => cases.map(one => ({ ...one, engine })))
    return Promise.all(
      all.map(async one => {
        const first = one.before?.(gate) ?? of({ create: gate })
        const stack = await ground
          .front(one.engine)
          .api()
          .create(`${one.engine}-${one.title}-${rounds}`, first, { disable_rollback: true })
        if (one.before !== undefined) await stack.reaches('CREATE_COMPLETE')
        expect((await one.begin(stack, gate)).status).to.be.oneOf([202, 204])
        if (one.title === 'rollback') {
          await until('the rollback', 20_000, async () =>
            (await stack.show()).stack_status === 'ROLLBACK_IN_PROGRESS' ? true : undefined,
          )
        }
        await stack.resourceReaches('held', `${one.under}_IN_PROGRESS`)
        return { ...one, stack }
      }),
    )
  }

  interface Victim {
    readonly title: string
    /** What becomes of stacks on legacy, those apart of which `kill` says that their owner has died: they are FAILED. */
    readonly legacy: 'may fail' | 'goes on'
    /** @returns ids of stacks on legacy. */
    readonly kill: (running: readonly Running[]) => Promise<ReadonlySet<string>>
  }

  const victims: readonly Victim[] = [
    {
      title: 'one of two workers',
      // The other one may be taken for dead, too, if the machine is so slow.
      legacy: 'may fail',
      kill: async running => {
        const stacks = running.map(({ stack }) => stack)
        const holding = await until('somebody to hold each of them', 20_000, async () => {
          const found = await ground.holding('held', stacks)
          return found.length === stacks.length ? found : undefined
        })
        // One that is at work for convergence in this moment.
        const { host } = holding.find(({ engine }) => engine === 'convergence') ?? { host: '' }
        await ground.dies(ground.worker(host))
        return new Set(holding.flatMap(one => (one.host === host && one.engine === 'legacy' ? one.stack : [])))
      },
    },
    {
      title: 'all workers',
      legacy: 'goes on',
      kill: async running => {
        await Promise.all([...ground.workers].map(worker => ground.dies(worker)))
        await ground.haveWorkers(2)
        return new Set(running.flatMap(({ engine, stack }) => (engine === 'legacy' ? stack.id : [])))
      },
    },
    {
      title: 'the daemons that answer',
      legacy: 'goes on',
      kill: async () => {
        await Promise.all(engines.map(engine => ground.dies(ground.front(engine))))
        await Promise.all(engines.map(engine => ground.startFront(engine)))
        return new Set()
      },
    },
    {
      title: 'PostgreSQL',
      // It depends on whether the outage outlasts a lease.
      legacy: 'may fail',
      kill: async () => {
        killServer(ground.folder)
        await until('the database to be back', 20_000, async () =>
          (await fetch(`${ground.front('legacy').url}/healthcheck`)).status === 200 ? true : undefined,
        )
        return new Set()
      },
    },
  ]

  it('nobody: a step that was told to stop and does not is waited for no longer than ten seconds', async function () {
    this.timeout(60_000)
    const gate = ground.path('never')
    const stubborn = await Promise.all(
      engines.map(engine =>
        ground
          .front(engine)
          .api()
          .create(`${engine}-stubborn`, of({ create: gate })),
      ),
    )
    for (const stack of stubborn) await stack.resourceReaches('held', 'CREATE_IN_PROGRESS')
    const began = Date.now()
    for (const stack of stubborn) expect((await stack.delete()).status).to.equal(204)
    for (const stack of stubborn) await stack.reaches('DELETE_COMPLETE', 30_000)
    expect(Date.now() - began).to.be.greaterThan(8_000)
    for (const stack of stubborn) {
      const events = (await stack.events()).filter(event => event.startsWith('held'))
      expect(events).to.deep.equal([
        'held CREATE_IN_PROGRESS',
        'held CREATE_FAILED',
        'held DELETE_IN_PROGRESS',
        'held DELETE_COMPLETE',
      ])
    }
    for (const worker of ground.workers) expect(worker.log).not.to.match(/nobody looked/)
  })

  for (const { title, legacy, kill } of victims) {
    it(`${title}: all of them end as if nothing had happened; on legacy, or say why not`, async function () {
      this.timeout(90_000)
      const gate = ground.path('gate')
      const running = await underWay(gate)
      const orphans = await kill(running)
      writeFileSync(gate, '')
      for (const { title: operation, engine, stack: before, under, ends, value } of running) {
        const stack = ground.front(engine).api().stack(before.name, before.id)
        const shown = await stack.settled()
        const what = `${operation} on ${engine}: ${shown.stack_status_reason}`
        const failed = shown.stack_status.endsWith('_FAILED')
        if (engine === 'legacy' && (orphans.has(stack.id) || (legacy === 'may fail' && failed))) {
          expect(failed, what).to.equal(true)
          expect(shown.stack_status_reason, what).to.match(
            /^Engine went down during stack (CREATE|UPDATE|ROLLBACK|DELETE)$/,
          )
          continue
        }
        expect(shown.stack_status, what).to.equal(ends)
        const events = (await stack.events()).filter(event => event.startsWith(`held ${under}`))
        const once = [`held ${under}_IN_PROGRESS`, `held ${under}_COMPLETE`]
        // Once before in the life of the stack, if it was created, or updated, to be taken back.
        expect(events, what).to.deep.equal(['replace', 'rollback'].includes(operation) ? [...once, ...once] : once)
        if (value === undefined) continue
        expect(await stack.outputs(), what).to.deep.equal({ value })
        const physical = (await stack.resources()).held.physical_resource_id
        expect(physical).to.be.a('string')
      }
    })
  }
})
