import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Message {
  readonly id: string
  readonly type: string
  readonly payload: Readonly<Record<'stack_id' | 'resource_name' | 'resource_action' | 'resource_status', string>> & {
    readonly resource_properties: object
  }
}

/** A request that was taken. */
export interface Taken {
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly messages: readonly Message[]
}

/** Takes events by HTTP, on loopback. */
export class HookServer {
  readonly taken: Taken[] = []
  /** Requests that are answered by 503 before any is taken. */
  refuses = 0
  refused = 0

  private constructor(private readonly server: Server) {}

  static async start(): Promise<HookServer> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', chunk => chunks.push(chunk as Buffer))
      request.on('end', () => {
        if (hooks.refused < hooks.refuses) {
          hooks.refused++
          response.writeHead(503).end()
          return
        }
        const body = Buffer.concat(chunks).toString()
        hooks.taken.push({ headers: request.headers, body, messages: JSON.parse(body) as Message[] })
        response.writeHead(204).end()
      })
    })
    const hooks = new HookServer(server)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return hooks
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`
  }

  /** Events of a stack as they came, as `name ACTION_STATUS`. */
  events(stack: string): string[] {
    return this.taken
      .flatMap(({ messages }) => messages)
      .filter(({ payload }) => payload.stack_id === stack)
      .map(({ payload }) => `${payload.resource_name} ${payload.resource_action}_${payload.resource_status}`)
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise(resolve => this.server.close(resolve))
  }
}
