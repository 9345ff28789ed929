/**
 * What whoever watches a daemon is told: figures of this process, and of what all daemons on one database share.
 * Nothing here serves requests, or does anything about what it finds.
 * Start at `metrics.ts`.
 */
export { Metrics } from './metrics.js'
export { serves, unserved } from './unserved.js'
