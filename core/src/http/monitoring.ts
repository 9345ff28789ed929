import { createServer, type Server, type ServerResponse } from 'node:http'
import type { Host } from '../host/host.js'
import { Availability } from './availability.js'
import type { ReservedAddress } from './reserved.js'
import type { Serving } from './serve.js'

/** Answers those who watch the daemon, whatever its roles, on an address of its own. */
export async function serveMonitoring(host: Host, address: ReservedAddress): Promise<Serving> {
  const server = monitoringServer(host, new Availability(host.db, host.clock, host.outage, host.schema))
  await address.handOver(server)
  return {
    url: address.url,
    close: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function monitoringServer(host: Host, availability: Availability): Server {
  const paths: Readonly<Record<string, (response: ServerResponse) => Promise<void>>> = {
    // That the process lives at all.
    '/': async response => say(response, 200, 'OK'),
    '/healthcheck': async response => {
      const trouble = (await availability.trouble()) ?? host.trouble
      say(response, trouble === undefined ? 200 : 503, trouble ?? 'OK')
    },
    '/metrics': async response => say(response, 200, await host.metrics.text(), host.metrics.contentType),
  }
  return createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?')
    const answer = Object.hasOwn(paths, path) ? paths[path] : undefined
    if (answer === undefined) return say(response, 404, `There is nothing here but ${Object.keys(paths).join(', ')}.`)
    if (request.method !== 'GET') return say(response.setHeader('allow', 'GET'), 405, 'Only GET is allowed.')
    answer(response).catch(error => {
      host.log.error({ err: error }, `Unexpected error occurred serving ${path}`)
      say(response, 500, 'Internal error. The daemon has logged what happened.')
    })
  })
}

function say(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type })
  response.end(text)
}
