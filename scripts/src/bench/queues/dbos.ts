import { randomUUID } from 'node:crypto'
import { DBOS } from '@dbos-inc/dbos-sdk'
import { coalesce, type Plan } from '@hearth/core/plugin'
import { HearthDatabase } from '@hearth/db'
import type { Start } from './contender.js'
import { insertResources, readInputs, writeResults } from './work.js'

const most = 500

/**
 * A workflow for each operation, a step of it for each unit. A workflow that is recovered starts its steps in the same
 * order again, so they go wave by wave: a unit waits for the whole wave before it. A newer operation cancels the
 * workflow; a step under way learns of it only by the fence of ours, a row for each stack.
 */
export const dbos: Start = async url => {
  const db = new HearthDatabase({ url, maxPoolSize: 10 })
  await db.query('CREATE TABLE running (stack_id uuid PRIMARY KEY, workflow text NOT NULL)')
  const plansOf = new Map<string, Plan>()

  const work = coalesce<{ stack: string; workflow: string; resource: string }>(
    async batch => {
      for (const stack of new Set(batch.map(one => one.stack))) {
        const some = batch.filter(one => one.stack === stack)
        const inputs = await readInputs(
          some.map(({ resource }) => resource),
          db,
        )
        await db.transaction(async tx => {
          const [held] = await tx.query<{ workflow: string }>(
            'SELECT workflow FROM running WHERE stack_id = $1 FOR SHARE',
            [stack],
          )
          await writeResults(
            inputs.filter(({ resource }) =>
              some.some(one => one.resource === resource && one.workflow === held?.workflow),
            ),
            stack,
            tx,
          )
        })
      }
    },
    { most },
  )

  const operation = DBOS.registerWorkflow(
    async (stack: string) => {
      const plan = plansOf.get(stack) as Plan
      const workflow = DBOS.workflowID as string
      for (const wave of waves(plan)) {
        await Promise.all(
          wave.map(index =>
            DBOS.runStep(() => work({ stack, workflow, resource: plan.nodes[index]?.resource as string }), {
              name: `r${index}`,
            }),
          ),
        )
      }
    },
    { name: 'operation' },
  )
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: url, systemDatabasePoolSize: 20, logLevel: 'error' })
  await DBOS.launch()
  return {
    async run(stack, plan) {
      const workflowID = randomUUID()
      plansOf.set(stack, plan)
      await db.transaction(async tx => {
        await insertResources(plan, stack, tx)
        await tx.query('INSERT INTO running VALUES ($1, $2)', [stack, workflowID])
      })
      await (await DBOS.startWorkflow(operation, { workflowID })(stack)).getResult()
    },
    async stop() {
      await DBOS.shutdown()
      await db.close()
    },
  }
}

/** Units by the longest way that leads to them. */
function waves({ nodes }: Plan): number[][] {
  const depths: number[] = []
  const found: number[][] = []
  nodes.forEach(({ requires }, index) => {
    const depth = Math.max(-1, ...requires.map(required => depths[required] as number)) + 1
    depths[index] = depth
    ;(found[depth] ??= []).push(index)
  })
  return found
}
