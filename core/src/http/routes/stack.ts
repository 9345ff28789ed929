import * as errors from '../../errors.js'
import type { VisitingAction } from '../../plugin/index.js'
import { abandonStack, exportStack } from '../../stack/data/abandon.js'
import { type CancelAction, cancelOperation } from '../../stack/cancel.js'
import { previewUpdate } from '../../stack/preview.js'
import { listOutputs, showOutput, showStack } from '../../stack/read/show.js'
import { showTemplate } from '../../stack/read/template.js'
import { deleteStack } from '../../stack/remove.js'
import { readPatch, readRequest } from '../../stack/request.js'
import { type UpdateMode, updateStack } from '../../stack/update.js'
import { visitStack } from '../../stack/visit.js'
import { asGiven, type Asked, type HttpServices, type RouteMaker, route } from '../context.js'
import { accepted } from '../format/accepted.js'
import { formatChanges } from '../format/preview.js'
import { shownStack } from '../format/stack.js'
import { stackAsked } from '../stack-asked.js'

const path = '/stacks/{name}/{id}'

/** One stack: show, update, delete, what it was made of, its outputs and actions. */
export const stackRoutes: RouteMaker = services => {
  const { found, live } = stackAsked(services)
  const change = async (asked: Asked, mode: UpdateMode['mode']) => {
    const stack = await live(asked)
    await updateStack(services, asked.caller, stack.id, readUpdate(asked, mode))
    return accepted(asked)
  }
  const preview = async (asked: Asked, mode: UpdateMode['mode']) => {
    const stack = await live(asked)
    const nested = asked.query.flag('show_nested')
    return formatChanges(await previewUpdate(services, stack, readUpdate(asked, mode), nested))
  }
  return [
    route(services, 'GET', path, async asked => {
      const resolve = asked.query.flag('resolve_outputs', true)
      return {
        stack: shownStack(await showStack(services, await found(asked), resolve), asked.links, services.workforce),
      }
    }),
    route(services, 'PUT', path, asked => change(asked, 'replace')),
    route(services, 'PATCH', path, asked => change(asked, 'patch')),
    route(services, 'PUT', `${path}/preview`, asked => preview(asked, 'replace')),
    route(services, 'PATCH', `${path}/preview`, asked => preview(asked, 'patch')),
    route(services, 'DELETE', path, async asked => {
      const stack = await live(asked)
      await deleteStack(services, asked.caller, stack.id)
      return asked.h.response().code(204)
    }),
    route(services, 'GET', `${path}/template`, async asked =>
      asGiven(asked.h, (await showTemplate(services, await found(asked))).content),
    ),
    route(services, 'GET', `${path}/environment`, async asked =>
      asGiven(asked.h, (await showTemplate(services, await found(asked))).environment),
    ),
    route(services, 'GET', `${path}/files`, async asked => (await showTemplate(services, await found(asked))).files),
    route(services, 'DELETE', `${path}/abandon`, async asked =>
      asGiven(asked.h, await abandonStack(services, asked.caller, (await live(asked)).id)),
    ),
    route(services, 'GET', `${path}/export`, async asked =>
      asGiven(asked.h, await exportStack(services, await live(asked))),
    ),
    route(services, 'GET', `${path}/outputs`, async asked => ({
      outputs: await listOutputs(services, await live(asked)),
    })),
    route(services, 'GET', `${path}/outputs/{key}`, async asked => ({
      output: await showOutput(services, await live(asked), asked.params.key as string),
    })),
    route(services, 'POST', `${path}/actions`, async asked => {
      const stack = await live(asked)
      await act(services, asked, stack.id)
      return null
    }),
  ]
}

function readUpdate({ languageBody, requestLimits }: Asked, mode: UpdateMode['mode']): UpdateMode {
  const asked = languageBody()
  if (mode === 'patch') return { mode, request: readPatch(asked, requestLimits) }
  const request = readRequest(asked, requestLimits)
  // Old clients say so in the body of a PUT, which needs a template all the same.
  return asked.existing === true
    ? { mode: 'patch', request: readPatch(asked, requestLimits) }
    : { mode: 'replace', request }
}

const cancels: readonly string[] = ['cancel_update', 'cancel_without_rollback'] satisfies CancelAction[]
const visits: ReadonlyMap<string, VisitingAction> = new Map([
  ['suspend', 'SUSPEND'],
  ['resume', 'RESUME'],
  ['check', 'CHECK'],
])

async function act(services: HttpServices, { caller, body }: Asked, stackId: string): Promise<void> {
  const keys = Object.keys(body())
  const [action] = keys
  if (action === undefined) throw errors.badRequest('No action specified')
  if (keys.length > 1) throw errors.badRequest('Multiple actions specified')
  if (cancels.includes(action)) return cancelOperation(services, caller, stackId, action as CancelAction)
  const visit = visits.get(action)
  if (visit !== undefined) return visitStack(services, caller, stackId, visit)
  throw errors.badRequest(`Invalid action ${action} specified`)
}
