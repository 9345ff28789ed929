import { type Options, type Properties, ResourceFailure } from '@hearth/core/plugin'
import { allowedAddresses, Unreached } from '../outbound/index.js'
import { connections } from './options.js'
import { type Server, serverOf } from './server.js'

/** The server of a resource, and the addresses to connect to. @throws ResourceFailure if it must or can not be. */
export type Reach = (
  properties: Properties,
) => Promise<{ readonly server: Server; readonly addresses: readonly string[] }>

/** What a template names has to be allowed; where the operator's own connections lead is no template's choice. */
export const reachBy =
  (options: Options): Reach =>
  async properties => {
    const server = serverOf(properties, options.get(connections))
    if (typeof properties.connection === 'string') return { server, addresses: [server.host] }
    const allowed = await allowedAddresses(server.host, options).catch(error => {
      if (!(error instanceof Unreached)) throw error
      throw new ResourceFailure(`no connection to PostgreSQL: ${error.message}`, 'ConnectionError')
    })
    return { server, addresses: allowed.map(({ address }) => address) }
  }
