/**
 * Who resources may have Hearth connect to, and how it does. No type lives here.
 * All that goes out of the daemon because a template says so goes through here; `resolve.ts` is the only place that asks
 * for addresses.
 * Start at `rules.ts` for what is allowed, `send.ts` for HTTP; who speaks something else takes `allowedAddresses`.
 */
export { flawOfHeader } from './headers.js'
export { options as outboundOptions } from './options.js'
export { type Address, allowedAddresses, NotAllowed, refusalOf, Unreached } from './resolve.js'
export { type Answer, Outbound, type Request } from './send.js'
export { httpUrl } from './url.js'
