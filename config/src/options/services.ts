import { availableParallelism } from 'node:os'
import { option } from '../option.js'
import { apiUrl, integer, optional, postgresUrl, seconds, string } from '../types.js'

/** A core keeps so many transactions going: most of their time they wait for the database. */
const connectionsPerCore = 5
const fewestConnections = 10

export const bindHost = option('heat_api', 'bind_host', string, {
  default: '127.0.0.1',
  help: 'Address that the API listens on.',
})
export const bindPort = option('heat_api', 'bind_port', integer({ min: 0, max: 65_535 }), {
  default: 8004,
  help: 'Port that the API listens on. 0: any free one; the ready line names it.',
})
export const monitoringBindHost = option('monitoring', 'bind_host', string, {
  default: '127.0.0.1',
  help: 'Address on which the daemon answers those who watch it, if bind_port is set. Whoever reaches it can read figures, and change nothing.',
})
export const monitoringBindPort = option('monitoring', 'bind_port', optional(integer({ min: 0, max: 65_535 })), {
  default: undefined,
  help: 'Port on which the daemon, whatever its roles, answers GET /healthcheck and GET /metrics. Unset: the API answers both, and a daemon without the role api has no port. Set: the API has no /metrics. 0: any free port, which the log names.',
})
export const heatWaitconditionServerUrl = option('DEFAULT', 'heat_waitcondition_server_url', apiUrl, {
  default: undefined,
  help: 'Where those who send signals reach the API, http://HOST:PORT/v1: what URLs of signals begin with that are handed out from now on. Unset: bind_host and bind_port of [heat_api] of the daemon that makes one. Set it where daemons work that have no api, or senders are elsewhere.',
})
export const databaseConnection = option('database', 'connection', postgresUrl, {
  default: undefined,
  help: 'The PostgreSQL (15 or newer) to use. Unset: the daemon runs one of its own under state_path.',
})
export const maxPoolSize = option('database', 'max_pool_size', integer({ min: 5, max: 500 }), {
  default: Math.max(fewestConnections, connectionsPerCore * availableParallelism()),
  shown: `<${connectionsPerCore} for each core of this machine, ${fewestConnections} at least>`,
  help: 'Connections that one daemon opens at most. Three waves of steps go on at once and take two each; one for which there is none left waits. Higher: more transactions at once, more load on the database.',
})
export const heatRevision = option('revision', 'heat_revision', string, {
  default: 'unknown',
  help: 'Shown by GET /build_info.',
})
export const leaseSeconds = option('worker', 'lease_seconds', seconds({ min: 2, max: 300 }), {
  default: 4,
  help: 'How long a silent worker keeps its work. Lower: faster takeover after a crash. Too low: a pause costs work that was nearly done.',
})
