/**
 * The conformance kit: what every engine of Hearth does, driven through the HTTP API of a real daemon.
 * It imports no other package of the house but the public contract of plugins.
 * Start at `conformance.ts`; the suites stand beside it. `kit/` has what their cases, and yours, are made of.
 */
export * from './conformance.js'
export * from './kit/api.js'
export * from './kit/daemon.js'
export * from './kit/random.js'
export type { Settings } from './kit/settings.js'
export * as templates from './kit/templates.js'
export * from './kit/until.js'
