import type { Request } from '@hapi/hapi'
import { signalBySignature } from '../../stack/signal.js'
import { type RouteMaker, route } from '../context.js'

const path = '/stacks/{name}/{id}/resources/{resource}/signal/{signature}'

/**
 * Signals from those who know the signed URL of a resource: its signature is all that they need. They send what tools of
 * Heat send: POST or PUT, and JSON whatever type the request says that it has.
 */
export const signedSignalRoutes: RouteMaker = services => [
  route(services, ['POST', 'PUT'], path, async ({ params, maybeBody, request }) => {
    const { project = '', name = '', id = '', resource = '', signature = '' } = params
    const signed = { project, name, id, resource, signature }
    const metadata = await signalBySignature(services, signed, maybeBody('application/json'))
    // As Heat answers those who tell a wait condition that they are done.
    return request.method === 'put' ? { resource, metadata } : null
  }),
]

/** The path of a request, as it may be kept: whoever reads a log must not be able to send signals. */
export function loggedPath({ path: asked, params }: Pick<Request, 'path' | 'params'>): string {
  const { signature } = params as Record<string, string | undefined>
  return signature === undefined ? asked : asked.slice(0, asked.lastIndexOf('/') + 1).concat('…')
}
