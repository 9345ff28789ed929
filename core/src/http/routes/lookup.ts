import { lookUp } from '../../stack/read/find.js'
import { type Handler, type RouteMaker, route } from '../context.js'

/** From a name, an id or an ARN to the canonical URL; clients repeat the same method there. */
export const lookupRoutes: RouteMaker = services => {
  const redirect =
    (sub = ''): Handler =>
    async ({ caller, params, links, request, h }) => {
      const stack = await lookUp(services, caller, params.stack as string)
      return h
        .response()
        .code(302)
        .header('location', `${links.stack(stack, stack.inside)}${sub}${request.url.search}`)
    }
  const reads = ['resources', 'events', 'template', 'actions', 'environment', 'files'] as const
  const writes = ['resources', 'events', 'template', 'actions'] as const
  return [
    route(services, 'GET', '/stacks/{stack}', redirect()),
    route(services, ['POST', 'PUT', 'PATCH', 'DELETE'], '/stacks/{stack}', redirect()),
    ...reads.map(sub => route(services, 'GET', `/stacks/{stack}/${sub}`, redirect(`/${sub}`))),
    ...writes.map(sub => route(services, 'POST', `/stacks/{stack}/${sub}`, redirect(`/${sub}`))),
  ]
}
