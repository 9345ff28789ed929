import { hostname } from 'node:os'
import { option } from '../option.js'
import {
  boolean,
  choice,
  choices,
  type OptionType,
  integer,
  list,
  readBoolean,
  seconds,
  secret,
  string,
  text,
} from '../types.js'

const engineName = /^[a-z][a-z0-9-]*$/

/** `false` and `true` are the names that operators of Heat know for legacy and convergence. */
const engine: OptionType<string> = {
  expected: 'false (legacy), true (convergence), or the name of a loaded engine',
  parse(value) {
    const known = readBoolean(value)
    if (known !== undefined) return known ? 'convergence' : 'legacy'
    return engineName.test(value.trim()) ? value.trim() : undefined
  },
  print: value => (value === 'legacy' ? 'false' : value === 'convergence' ? 'true' : value),
}

export const convergenceEngine = option('DEFAULT', 'convergence_engine', engine, {
  default: 'legacy',
  mutable: true,
  help: 'The engine of new stacks: false is legacy, true is convergence, or the name of an engine that a plugin brings. A stack keeps the engine it was created with, whatever this says later.',
})
export const plugins = option('DEFAULT', 'plugins', list, {
  default: [
    '@hearth/legacy-engine',
    '@hearth/convergence-engine',
    '@hearth/heat-resources',
    '@hearth/standard-resources',
  ],
  help: 'The npm packages to load: engines and resource types. Without the package of an engine, its stacks can be read but not changed.',
})
export const statePath = option('DEFAULT', 'state_path', string, {
  default: 'var',
  help: 'Folder of what the daemon keeps: the embedded database, its password, its own encryption key. A relative path starts at the checkout; if Hearth was installed with npm, where the daemon is started.',
})
export const roles = option('DEFAULT', 'roles', choices('api', 'worker'), {
  default: ['api', 'worker'],
  help: 'What this daemon does: api answers requests, worker carries operations out. Daemons of any roles share one [database] connection; what an api accepts, any worker runs.',
})
export const host = option('DEFAULT', 'host', string, {
  default: hostname(),
  shown: '<the name of this machine>',
  help: 'Name of this node in the list of services.',
})
export const authStrategy = option('DEFAULT', 'auth_strategy', choice('noauth'), {
  default: 'noauth',
  help: 'How callers are known. noauth: the project is the one in the URL, any token or none is accepted; therefore only on loopback addresses.',
})
export const insecureNoauthOnAnyAddress = option('DEFAULT', 'insecure_noauth_on_any_address', boolean, {
  default: false,
  help: 'Insecure: lets noauth listen on addresses that others can reach. Everybody who reaches the port then owns every stack.',
})
export const authEncryptionKey = option(
  'DEFAULT',
  'auth_encryption_key',
  secret('32 characters', value => value.length === 32),
  {
    default: undefined,
    help: 'Key that the data of resources and all that is secret is encrypted with, 32 characters. Unset: the daemon makes one and keeps it in state_path. Daemons that share a database need the same key.',
  },
)
export const debug = option('DEFAULT', 'debug', boolean, {
  default: false,
  mutable: true,
  help: 'Log at level debug. More to read, slower; also shows tracebacks in errors of the API.',
})
export const logFile = option('DEFAULT', 'log_file', text, {
  default: undefined,
  help: 'File to append the log to, as JSON lines. SIGHUP opens it again, as after a rotation. Unset: standard output.',
})
export const periodicInterval = option('DEFAULT', 'periodic_interval', integer({ min: 1, max: 3600 }), {
  default: 60,
  help: 'Seconds published as report_interval in the list of services. Liveness itself follows [worker] lease_seconds.',
})
export const stackActionTimeout = option('DEFAULT', 'stack_action_timeout', seconds({ min: 1 }), {
  default: 3600,
  mutable: true,
  help: 'How long an operation may take when its stack has no timeout_mins.',
})
export const maxEventsPerStack = option('DEFAULT', 'max_events_per_stack', integer({ min: 0 }), {
  default: 1000,
  mutable: true,
  help: 'Events kept of a stack, approximately; the oldest go first. 0: all.',
})
export const eventPurgeBatchSize = option('DEFAULT', 'event_purge_batch_size', integer({ min: 1 }), {
  default: 200,
  mutable: true,
  help: 'Events removed at once when a stack has too many.',
})
export const purgeDeletedAfter = option('DEFAULT', 'purge_deleted_after', integer({ min: 0, max: 36_500 }), {
  default: 90,
  mutable: true,
  help: 'Days after which a worker removes what is left of a deleted stack: its row, templates, snapshots and events. Until then it can be listed and shown. 0: never; then hearth-manage purge-deleted does, when it is told to.',
})
export const eventSinkRetryTime = option('DEFAULT', 'event_sink_retry_time', seconds({ min: 0, max: 2_592_000 }), {
  default: 86_400,
  mutable: true,
  help: 'How long events of a stack are sent again to a sink that does not take them, before they are given up; see event_sinks of environments. Those that max_events_per_stack removes meanwhile are lost before.',
})
export const hiddenStackTags = option('DEFAULT', 'hidden_stack_tags', list, {
  default: [],
  mutable: true,
  help: 'Stacks with one of these tags are left out of lists, unless show_hidden is asked for.',
})
export const observeOnUpdate = option('DEFAULT', 'observe_on_update', boolean, {
  default: false,
  mutable: true,
  help: 'Updates compare resources with what is found outside instead of with what is stored, as with the flag converge.',
})
export const enableStackAbandon = option('DEFAULT', 'enable_stack_abandon', boolean, {
  default: false,
  mutable: true,
  help: 'Lets users abandon and export stacks. An export shows the values of hidden parameters and the data of resources.',
})
export const enableStackAdopt = option('DEFAULT', 'enable_stack_adopt', boolean, {
  default: false,
  mutable: true,
  help: 'Lets users create stacks from resources that exist, by the data of an abandoned or exported stack.',
})
