/**
 * The host: everything that is true whichever engine runs, for the daemon and its tools.
 * Plugins import `@hearth/core/plugin` instead, which is light and public.
 * Start at `host/host.ts`.
 */
export { describeType, templateOfType } from './resource/describe.js'
export { Host, type HostInput } from './host/host.js'
export { systemClock } from './host/clock.js'
export { migrationsOf } from './host/known-migrations.js'
export { tooNew } from './host/too-new.js'
export { refuseOpenNoauth } from './http/auth.js'
export { serveMonitoring } from './http/monitoring.js'
export { type Address, ReservedAddress } from './http/reserved.js'
export { type Serving, serveApi } from './http/serve.js'
export { importPlugins, migrationLinesOf, optionsOf, PluginError } from './plugin/loader.js'
