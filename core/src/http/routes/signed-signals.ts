import * as errors from '../../errors.js'
import { signalBySignature } from '../../stack/signal/signal.js'
import { type RouteMaker, route } from '../context.js'

const path = '/stacks/{name}/{id}/resources/{resource}/signal/{signature}'

/**
 * Signals from those who know the signed URL of a resource: its signature is all that they need. They send what tools of
 * Heat send: POST or PUT, and JSON whatever type the request says that it has.
 */
export const signedSignalRoutes: RouteMaker = services => [
  route(services, ['POST', 'PUT'], path, async ({ params, maybeBody, request }) => {
    const { project = '', name = '', id = '', resource = '', signature = '' } = params
    const sent = { project, name, id, resource, signature }
    const { metadata, refused } = await signalBySignature(services, sent, maybeBody('application/json'))
    if (request.method !== 'put') return null
    // As Heat answers those who tell a wait condition that they are done: it waits for what becomes of it.
    if (refused !== undefined) throw errors.badRequest(refused)
    return { resource, metadata }
  }),
]

/** By its form, not by its route: the URL with another method, with something behind it, or within an ARN, has no route. */
const signed = /((?:\/|%2F)resources(?:\/|%2F)\S*?(?:\/|%2F)signal(?:\/|%2F))\S*/gi

/** A path of a request, or a text that tells one, as it may be kept: whoever reads a log must not be able to send signals. */
export const loggedPath = (text: string): string => text.replace(signed, '$1…')
