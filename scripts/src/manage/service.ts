import { type ListedWorker, workers } from '@hearth/db'
import { tableOf } from './table.js'
import { checkSchema, say, type Tool, withDatabase } from './tool.js'

/** `hearth-manage service …`: the workers, up or down, as Heat's tool shows its engines. */
export function serviceCommands({ program, runtime }: Tool): void {
  const service = program.command('service').description('the workers that share the database')
  service
    .command('list')
    .description('print every worker, up or down')
    .action(async () => {
      const known = await runtime()
      const listed = await withDatabase(known, async db => {
        await checkSchema(db, known)
        return workers.list(db)
      })
      say(tableOf(header, listed.map(rowOf)))
    })
  service
    .command('clean')
    .description('stop listing workers that are down')
    .action(async () => {
      const known = await runtime()
      const removed = await withDatabase(known, async db => {
        await checkSchema(db, known)
        return workers.clean(db)
      })
      say(removed === 0 ? 'No worker is down.' : `Dead engines are removed: ${removed}.`)
    })
}

const header = ['Hostname', 'Binary', 'Engine_Id', 'Host', 'Topic', 'Status', 'Updated At', 'Engines']

const rowOf = ({ id, host, hostname, alive, heartbeatAt, engines }: ListedWorker): string[] => [
  hostname,
  'heat-engine',
  id,
  host,
  'engine',
  alive ? 'up' : 'down',
  heartbeatAt.toISOString(),
  engines.join(','),
]
