/**
 * A PostgreSQL that npm has installed, run by us: made, started, supervised and stopped with the daemon.
 * Nothing here sends Hearth's own statements.
 * Start at `server.ts`.
 */
export { EmbeddedPostgres, type EmbeddedInput, freePort, runningServer } from './server.js'
export { superviseEmbedded, type Supervised } from './supervise.js'
