import type { PropertySchema } from '@hearth/core/plugin'
import { refusing } from './refuse-services.js'

/** How a machine tells that it is done: all of Heat's ways, of which those that need another service are refused. */
const services: Readonly<Record<string, string>> = {
  HEAT_SIGNAL: 'Keystone',
  TEMP_URL_SIGNAL: 'Swift',
  ZAQAR_SIGNAL: 'Zaqar',
}

/** @param possible those that need no other service. */
export const signalTransport = (standard: string, possible: readonly string[]): PropertySchema => ({
  type: 'string',
  description: `How the client will signal. ${Object.keys(services).join(', ')} need services that there are none of here.`,
  default: standard,
  constraints: [{ allowed_values: [...possible, ...Object.keys(services)] }],
})

export const refuseTransport = refusing({ property: 'signal_transport', services, instead: 'CFN_SIGNAL' })
