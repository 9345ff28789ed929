/**
 * Rows: the models and migrations of Hearth's tables, the stores that read and write them, the embedded PostgreSQL.
 * Nothing here knows what a row means; only `core` turns rows into resources and stacks.
 * Start at `migrations/` for the tables, `database.ts` for how a statement is sent.
 */
export { HearthDatabase } from './database.js'
export * from './embedded/index.js'
export { FirstFailure } from './first-failure.js'
export { asJsonb } from './jsonb.js'
export {
  coreMigrations,
  type Migration,
  type MigrationLine,
  migrate,
  migrationsIn,
  type SchemaState,
  schemaState,
  settledSchemaState,
} from './migrate.js'
export { patiently } from './patiently.js'
export * from './rows.js'
export { connectionsOf, connectionsOfTool, runningDaemons } from './running-daemons.js'
export { clocks } from './stores/clock-store.js'
export { deletedStacks, type Purge, type Purged, type PurgePosition } from './stores/deleted-stack-store.js'
export { type ClaimedSink, eventSinks } from './stores/event-sink-store.js'
export { type EventQuery, events, type NewEvent } from './stores/event-store.js'
export { encryptionKeys } from './stores/key-store.js'
export { orphans, type OwnedTable, type Walked } from './stores/orphan-store.js'
export { resources } from './stores/resource-store.js'
export type { NewResourceRow, ResourceState, ResourceWrite } from './stores/resource-write.js'
export { snapshots } from './stores/snapshot-store.js'
export { type NewSoftwareConfig, softwareConfigs } from './stores/software-config-store.js'
export {
  type NewSoftwareDeployment,
  softwareDeployments,
} from './stores/software-deployment-store.js'
export { NameTaken, type SortKey, type StackPatch, type StackQuery, stacks } from './stores/stack-store.js'
export { type EngineTrees, type TreeMember, type TreeRoot, trees } from './stores/tree-store.js'
export { type NewTemplateRow, templates } from './stores/template-store.js'
export { type ListedWorker, workers } from './stores/worker-store.js'
export { type Workload, workload } from './stores/workload-store.js'
export * from './transaction.js'
export { codeOf, hasNoConnection, isAway, isFull, isOfDatabase, isPassing, isReadOnly, ofDatabase } from './trouble.js'
