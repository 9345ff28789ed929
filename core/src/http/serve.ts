import type { ApiServices } from './context.js'
import type { ReservedAddress } from './reserved.js'

/** A server at work. */
export interface Serving {
  readonly url: string
  /** Waits for open requests, for a while. */
  close(): Promise<void>
}

/**
 * Answers the API's requests on the address that was reserved for it. What that takes is much, and loaded here: tools and
 * daemons without the role api start without.
 */
export async function serveApi(services: ApiServices, address: ReservedAddress): Promise<Serving> {
  const { serve } = await import('./server.js')
  return serve(services, address)
}
