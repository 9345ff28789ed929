import type { Server } from '@hapi/hapi'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** The methods that some route takes at a path. */
export const methodsAt = (server: Server, path: string): string[] =>
  methods.filter(method => server.match(method.toLowerCase() as 'get', path) !== null)
