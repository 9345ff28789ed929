import { isIP } from 'node:net'
import { bindHost, insecureNoauthOnAnyAddress } from '@hearth/config'
import type { Options } from '../plugin/index.js'

/** @throws Error when everybody who reaches the port would own every stack, and nobody has said that this is meant. */
export function refuseOpenNoauth(options: Options): void {
  const address = options.get(bindHost)
  if (isLoopback(address) || options.get(insecureNoauthOnAnyAddress)) return
  throw new Error(
    `[heat_api] bind_host = ${address}: with auth_strategy = noauth whoever reaches this address owns every stack. ` +
      `Bind to a loopback address (127.0.0.1, ::1, localhost), or set [DEFAULT] insecure_noauth_on_any_address = true if that is what you want.`,
  )
}

function isLoopback(address: string): boolean {
  if (address === 'localhost' || address === '::1') return true
  return isIP(address) === 4 && address.startsWith('127.')
}
