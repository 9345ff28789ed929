import type { OptionType } from '@hearth/core/plugin'
import ipaddr from 'ipaddr.js'

/** What an entry of `[outbound] allow` or `deny` stands for. */
export type Rule =
  /** Every address of the public internet. */
  | { readonly kind: 'public' }
  | { readonly kind: 'range'; readonly text: string; readonly from: ipaddr.IPv4 | ipaddr.IPv6; readonly bits: number }
  /** `under`: every host whose name ends so, with something in front. */
  | { readonly kind: 'host'; readonly name: string; readonly under: boolean }

/** Who may be reached. */
export interface Rules {
  readonly allow: readonly Rule[]
  readonly deny: readonly Rule[]
}

/**
 * Whether a connection to `address` is allowed, which is what `host` was found at. What is denied is, whatever is allowed.
 * A host that is allowed by name may be private; loopback and link-local addresses have to be listed themselves, so that
 * whoever owns a name cannot point it at the daemon's own machine.
 */
export function permits({ allow, deny }: Rules, host: string, address: string): boolean {
  const ip = ipaddr.process(address)
  const scope = scopeOf(ip)
  if (deny.some(rule => matches(rule, host, ip, scope))) return false
  return allow.some(rule => matches(rule, host, ip, scope) && (rule.kind !== 'host' || scope !== 'special'))
}

type Scope = 'public' | 'private' | 'special'

const privateRanges = ['private', 'uniqueLocal', 'carrierGradeNat']
/** What is given to the public internet of IPv6; the library calls everything unicast that has no other name. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

function scopeOf(ip: ipaddr.IPv4 | ipaddr.IPv6): Scope {
  const range: string = ip.range()
  if (privateRanges.includes(range)) return 'private'
  if (range !== 'unicast') return 'special'
  return ip instanceof ipaddr.IPv4 || ip.match(globalUnicast) ? 'public' : 'special'
}

function matches(rule: Rule, host: string, ip: ipaddr.IPv4 | ipaddr.IPv6, scope: Scope): boolean {
  switch (rule.kind) {
    case 'public':
      return scope === 'public'
    case 'range':
      return ip.kind() === rule.from.kind() && ip.match([rule.from, rule.bits] as never)
    case 'host': {
      const name = nameOf(host)
      return rule.under ? name.endsWith(`.${rule.name}`) : name === rule.name
    }
  }
}

/** As names are compared: `Example.org.` is `example.org`. */
const nameOf = (host: string): string => host.toLowerCase().replace(/\.$/, '')

/** Entries parted by commas. */
export const ruleList: OptionType<readonly Rule[]> = {
  expected:
    "'public', addresses, ranges such as 10.0.0.0/8 or fd00::/8, host names, and *.example.org, separated by commas",
  parse(text) {
    const entries = text
      .split(/[,\n]/)
      .map(entry => entry.trim())
      .filter(entry => entry !== '')
      .map(ruleOf)
    return entries.every(rule => rule !== undefined) ? entries : undefined
  },
  print: rules => rules.map(printed).join(','),
}

function printed(rule: Rule): string {
  if (rule.kind === 'public') return 'public'
  return rule.kind === 'range' ? rule.text : `${rule.under ? '*.' : ''}${rule.name}`
}

const hostName = /^(\*\.)?((?!-)[a-z0-9_-]{1,63}(?<!-)\.)*(?!-)[a-z0-9_-]{1,63}(?<!-)\.?$/

function ruleOf(text: string): Rule | undefined {
  if (text === 'public') return { kind: 'public' }
  if (ipaddr.isValidCIDR(text)) {
    const [from, bits] = ipaddr.parseCIDR(text)
    return { kind: 'range', text, from, bits }
  }
  if (ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)) {
    const from = ipaddr.process(text)
    return { kind: 'range', text, from, bits: from.kind() === 'ipv4' ? 32 : 128 }
  }
  const name = nameOf(text)
  // What is only digits and dots was meant as an address.
  if (!hostName.test(name) || /^[\d.]+$/.test(name)) return undefined
  return { kind: 'host', name: name.replace(/^\*\./, ''), under: name.startsWith('*.') }
}
