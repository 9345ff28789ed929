import { randomUUID } from 'node:crypto'
import convergence from '@hearth/convergence-engine'
import {
  bindEngineHost,
  Clock,
  Database,
  Engine,
  type KnownRows,
  Lifecycle,
  Logger,
  Options,
  Outcome,
  type Plan,
  type PlanOperation,
  Plans,
  type ResourceChange,
  type Transaction,
  Workers,
} from '@hearth/core/plugin'
import { HearthDatabase } from '@hearth/db'
import { Container } from 'inversify'
import type { Start } from './contender.js'
import { insertResources, readInputs, writeResults, type Written } from './work.js'

type Change = ResourceChange & Written & { readonly stack: string }

/**
 * Hearth's own: the convergence engine as it is, with services that do the work of a unit and nothing else.
 * @param effectless units run in waves, as those of types that touch only rows; else under leases, as all others.
 */
export const nodeTable =
  (effectless: boolean): Start =>
  async url => {
    const db = new HearthDatabase({ url, maxPoolSize: 10 })
    const plansOf = new Map<string, Plan>()
    const ended = new Map<string, () => void>()
    const lifecycle: Lifecycle = {
      async prepare(tasks) {
        const inputs = await readInputs(
          tasks.map(({ resource }) => resource),
          db,
        )
        const written = new Map(inputs.map(one => [one.resource, one]))
        return tasks.map(task => ({
          task,
          effectless,
          run: async () => {
            const change: Change = { ...(written.get(task.resource) as Written), stack: task.operation.stack.id }
            return { end: { kind: 'done' }, change }
          },
        }))
      },
      async write(changes, tx) {
        if (changes.length > 0) await writeResults(changes as Change[], (changes[0] as Change).stack, tx)
      },
      packTaken: () => async () => {},
      async giveUp() {},
    }
    const place = async ({ stack }: PlanOperation, tx: Transaction): Promise<Plan> => {
      const plan = plansOf.get(stack.id) as Plan
      await insertResources(plan, stack.id, tx)
      return { ...plan, nodes: plan.nodes.map(node => ({ ...node, effectless })) }
    }
    // The table is what is measured: all of it becomes nodes.
    const rows: KnownRows = { isFree: () => false, take() {} }
    const plans: Plans = {
      place,
      open: async (operation, tx) => ({ ...(await place(operation, tx)), rows }),
      async store() {},
      build: async ({ stack }) => plansOf.get(stack.id) as Plan,
    }
    const outcome: Outcome = {
      async settle({ stack }, _end, tx) {
        tx.afterCommit(() => ended.get(stack.id)?.())
        return undefined
      },
    }
    const container = new Container({ defaultScope: 'Singleton' })
    container.bind(Database).toConstantValue(db)
    container.bind(Lifecycle).toConstantValue(lifecycle)
    container.bind(Plans).toConstantValue(plans)
    container.bind(Outcome).toConstantValue(outcome)
    container.bind(Options).toConstantValue({ get: option => option.default })
    container.bind(Workers).toConstantValue({ id: randomUUID(), alive: true, onLost() {}, onDead() {} })
    container.bind(Logger).toConstantValue({ debug() {}, info() {}, warn() {}, error: console.error })
    container.bind(Clock).toConstantValue({
      now: Date.now,
      after(ms, fn) {
        const timer = setTimeout(fn, ms).unref()
        return () => clearTimeout(timer)
      },
    })
    bindEngineHost(container)
    await container.loadAsync(convergence.contributions)
    const engine = container.get(Engine)
    await engine.start()
    return {
      async run(id, plan) {
        plansOf.set(id, plan)
        const over = new Promise<void>(resolve => ended.set(id, resolve))
        const stack = { id, rootId: id, project: 'bench', name: id }
        const operation: PlanOperation = {
          kind: 'plan',
          id: randomUUID(),
          stack,
          action: 'CREATE',
          revision: 1,
          template: id,
          previous: null,
          rollback: false,
          timeoutSeconds: 600,
          underway: 'await',
        }
        await db.transaction(tx => engine.accept(operation, tx))
        await over
      },
      async stop() {
        await engine.stop()
        await db.close()
      },
    }
  }
