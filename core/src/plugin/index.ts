/**
 * The public contract of plugins: extension points, host services, and the plain data they exchange.
 * Nothing here may load hapi, Sequelize, pg or any other part of the host; importing it costs next to nothing.
 * Start at `plugin.ts` for what a package exports, then `engine.ts` or `resource-type.ts` for what it contributes.
 */
export * from './carry-out.js'
export * from './children.js'
export * from './coalesce.js'
export * from './constraint.js'
export * from './engine.js'
export * from './engine-host.js'
export * from './event-sink.js'
export * from './follow.js'
export * from './inside-attribute.js'
export * from './json.js'
export * from './lookout.js'
export * from './operation.js'
export * from './plugin.js'
export * from './resource-type.js'
export * from './schema.js'
export * from './services.js'
export * from './template-format.js'
export * from './software-configs.js'
export * from './steps.js'
export * from './unavailable-type.js'
export * from './watch.js'
export { countSignals, lockStack } from '@hearth/db/shared-statements'
export { type Queryable, type Statement, statement, type Transaction } from '@hearth/db/transaction'
export * from '@hearth/config/option'
