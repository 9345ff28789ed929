import { type MaybeUnknown, type PropertySchema, ResourceFailure } from '@hearth/core/plugin'

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

/** @throws ResourceFailure naming the service that would be needed. */
export function refuseTransport({ signal_transport: given }: Readonly<Record<string, MaybeUnknown>>): void {
  if (typeof given !== 'string' || !Object.hasOwn(services, given)) return
  throw new ResourceFailure(
    `Property error: signal_transport: ${given} needs the service ${services[given]}, and there is none here; use CFN_SIGNAL`,
    'StackValidationFailed',
  )
}
