/**
 * The conformance kit: what every engine of Hearth does, driven through the HTTP API of a real daemon.
 * It imports no other package of the house but the public contract of plugins.
 * Start at `kit/engines.ts`; the suites stand beside it.
 */
export * from './kit/api.js'
export * from './kit/daemon.js'
export * from './kit/engines.js'
export * as templates from './kit/templates.js'
export * from './kit/random.js'
export * from './kit/until.js'
