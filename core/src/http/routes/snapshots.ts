import * as errors from '../../errors.js'
import type { JsonMap } from '../../plugin/index.js'
import { restoreStack } from '../../stack/data/restore.js'
import { deleteSnapshot, findSnapshot, listSnapshots, type Snapshot, takeSnapshot } from '../../stack/data/snapshots.js'
import { type RouteMaker, route } from '../context.js'
import { accepted } from '../format/accepted.js'
import { stackAsked } from '../stack-asked.js'
import { timeOf } from '../../time.js'

const path = '/stacks/{name}/{id}/snapshots'

/** Snapshots of a stack: take, list, show, delete, restore. */
export const snapshotRoutes: RouteMaker = services => {
  const { live } = stackAsked(services)
  return [
    route(services, 'POST', path, async asked => {
      const name = nameOf(asked.maybeBody())
      const stack = await live(asked)
      return formatSnapshot(await takeSnapshot(services, asked.caller, stack.id, name))
    }),
    route(services, 'GET', path, async asked => ({
      snapshots: (await listSnapshots(services, await live(asked))).map(formatSnapshot),
    })),
    route(services, 'GET', `${path}/{snapshot}`, async asked => ({
      snapshot: formatSnapshot(await findSnapshot(services, await live(asked), asked.params.snapshot as string)),
    })),
    route(services, 'DELETE', `${path}/{snapshot}`, async asked => {
      await deleteSnapshot(services, await live(asked), asked.params.snapshot as string)
      return asked.h.response().code(204)
    }),
    route(services, 'POST', `${path}/{snapshot}/restore`, async asked => {
      const stack = await live(asked)
      const snapshot = await findSnapshot(services, stack, asked.params.snapshot as string)
      await restoreStack(services, asked.caller, stack.id, snapshot)
      return accepted(asked)
    }),
  ]
}

function nameOf(body: JsonMap | undefined): string | null {
  if (body === undefined) throw errors.badRequest('A snapshot needs a body, {} at least; "name" names it.')
  const { name = null } = body
  if (name === null || typeof name === 'string') return name
  throw errors.badRequest('name must be text')
}

const formatSnapshot = ({ id, name, action, status, statusReason, data, createdAt }: Snapshot) => ({
  id,
  name,
  action,
  status,
  status_reason: statusReason,
  data,
  creation_time: timeOf(createdAt),
})
