import { isIP, isIPv4, isIPv6 } from 'node:net'
import type { PureConstraint } from '@hearth/core/plugin'
import { textConstraint, unless } from './check.js'

const mac = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$|^[0-9a-f]{2}(?:-[0-9a-f]{2}){5}$|^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$/i

/** Bits of the longest prefix. */
const longest = { 4: 32, 6: 128 } as const

function refuseCidr(text: string): string | undefined {
  const [address = '', prefix, more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || prefix === undefined || more !== undefined || !/^\d{1,3}$/.test(prefix)) {
    return `Invalid net cidr ${text}: expected an address, a slash and the length of a prefix`
  }
  const most = longest[version as 4 | 6]
  return unless(Number(prefix) <= most, `Invalid net cidr ${text}: a prefix has at most ${most} bits`)
}

/** Addresses and networks. */
export const networkConstraints: readonly PureConstraint[] = [
  textConstraint('ip_addr', text => unless(isIPv4(text) || isIPv6(text), 'Invalid IP address')),
  textConstraint('mac_addr', text => unless(mac.test(text), 'Invalid MAC address.')),
  textConstraint('net_cidr', refuseCidr),
  textConstraint('ip_or_cidr', text =>
    unless(isIP(text) !== 0 || refuseCidr(text) === undefined, 'Invalid IP or CIDR'),
  ),
]
