import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { type Options, ResourceFailure } from '@hearth/core/plugin'
import { allow, deny } from './options.js'
import { permits } from './rules.js'

/** An address to connect to, and to no other. */
export interface Address {
  readonly address: string
  readonly family: number
}

/** Nobody answers: it may be different later. */
export class Unreached extends Error {
  /** @param unsent there was no connection, so that nobody has heard anything. */
  constructor(
    message: string,
    readonly unsent = false,
  ) {
    super(message)
  }
}

/** The operator does not allow it: nothing was sent. */
export class NotAllowed extends ResourceFailure {}

/**
 * The addresses of a host that resources may connect to. Connect to one of them: to resolve the name again would be to
 * trust whoever answers for it a second time.
 * @param host a name, or an address, without brackets.
 * @throws ResourceFailure if the operator does not allow any. @throws Unreached if the name cannot be resolved.
 */
export async function allowedAddresses(host: string, options: Options): Promise<Address[]> {
  return allowedOf(host, await addressesOf(host), options)
}

/** Those of the addresses found for a host that resources may connect to. @throws ResourceFailure if there is none. */
export function allowedOf(host: string, found: Address[], options: Options): Address[] {
  const rules = { allow: options.get(allow), deny: options.get(deny) }
  const allowed = found.filter(({ address }) => permits(rules, host, address))
  if (allowed.length > 0) return allowed
  const at = isIP(host) === 0 ? ` (${found.map(({ address }) => address).join(', ')})` : ''
  throw new NotAllowed(
    `Hearth must not connect to ${host}${at}: the operator does not allow it ([outbound] allow and deny).`,
  )
}

/**
 * Why a host that is given as an address is refused, which can be told before anybody connects. A name is looked up then: what it
 * leads to may be different by the time.
 * @param host as `URL.hostname` has it.
 */
export function refusalOf(host: string, options: Options): string | undefined {
  const address = host.replace(/^\[|\]$/g, '')
  const family = isIP(address)
  if (family === 0) return undefined
  try {
    allowedOf(address, [{ address, family }], options)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

async function addressesOf(host: string): Promise<Address[]> {
  const family = isIP(host)
  if (family !== 0) return [{ address: host, family }]
  try {
    return await lookup(host, { all: true })
  } catch (error) {
    throw new Unreached(
      `the name ${host} cannot be resolved (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      true,
    )
  }
}
