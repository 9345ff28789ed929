import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, isIPv6 } from 'node:net'
import { retryAfterSeconds } from './availability.js'
import { httpError } from './envelope.js'

/** Where to listen, and which options say so. */
export interface Address {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** The section of the options `bind_host` and `bind_port`. */
  readonly section: string
}

/** An address that belongs to this process before there is anything to serve: until then each request is answered with 503. */
export class ReservedAddress {
  private handedOver = false

  private constructor(
    private readonly server: Server,
    private readonly host: string,
  ) {}

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://${isIPv6(this.host) ? `[${this.host}]` : this.host}:${this.port}`
  }

  /** @throws Error that names the address, and the option to change, if it cannot be had. */
  static async take(address: Address): Promise<ReservedAddress> {
    const server = createServer((_request, response) => notYet(response))
    server.listen(address.port, address.host)
    try {
      await once(server, 'listening')
    } catch (error) {
      throw unavailable(error as NodeJS.ErrnoException, address)
    }
    return new ReservedAddress(server, address.host)
  }

  /** From now on it is `server` that answers; no connection is refused in between. */
  async handOver(server: Server): Promise<void> {
    this.handedOver = true
    server.listen(this.server)
    await once(server, 'listening')
    this.server.closeAllConnections()
  }

  /** Gives the address up, if nobody has taken it over. */
  close(): void {
    if (this.handedOver) return
    this.server.close()
    this.server.closeAllConnections()
  }
}

function notYet(response: ServerResponse): void {
  response.writeHead(503, {
    'content-type': 'application/json',
    'retry-after': String(retryAfterSeconds),
    connection: 'close',
  })
  response.end(JSON.stringify(httpError(503, 'The daemon is starting; try again.')))
}

function unavailable(error: NodeJS.ErrnoException, { host, port, section }: Address): Error {
  if (error.code === 'EADDRINUSE') {
    return new Error(
      `Port ${port} of ${host} is in use, perhaps by another daemon. Stop it, or choose another port with [${section}] bind_port.`,
    )
  }
  return new Error(`Cannot listen on ${host}:${port} ([${section}] bind_host, bind_port): ${error.message}`)
}
