import { integer, option, seconds } from '@hearth/core/plugin'
import { ruleList } from './rules.js'

export const allow = option('outbound', 'allow', ruleList, {
  default: [{ kind: 'public' }],
  mutable: true,
  help: 'Who resources may have Hearth connect to, such as Hearth::HTTP::Resource; nobody else is reached. public: all addresses of the public internet. A host that is listed by name may have a private address; loopback and link-local ones have to be listed as addresses or ranges. Names are resolved first, and the connection goes to the address that was checked.',
})
export const deny = option('outbound', 'deny', ruleList, {
  default: [],
  mutable: true,
  help: 'Who is not reached although allow lists them.',
})
export const timeout = option('outbound', 'timeout', seconds({ min: 1, max: 600 }), {
  default: 30,
  mutable: true,
  help: 'How long one request may take, from the look-up of the name to the last byte of the answer. A resource may ask for less, not for more.',
})
export const maxResponseBytes = option('outbound', 'max_response_bytes', integer({ min: 1024, max: 100_000_000 }), {
  default: 1_048_576,
  mutable: true,
  help: 'Bytes that an answer may have. It is read into memory, and kept with the resource.',
})
export const options = [allow, deny, timeout, maxResponseBytes]
