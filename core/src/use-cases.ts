/**
 * What a request asks for, without HTTP: for tools and tests that drive a host in their own process.
 * Each checks, then stores its operation in one transaction with the engine's rows. The routes call the same.
 * Start at `stack/create.ts`.
 */
export { abandonStack } from './stack/data/abandon.js'
export { type CancelAction, cancelOperation } from './stack/cancel.js'
export { type Chosen, chooseTrees, migrateTrees, type Verdict } from './stack/migrate/index.js'
export { createStack } from './stack/create.js'
export { isNested, type StackData } from './stack/data/stack-data.js'
export { deleteStack } from './stack/remove.js'
export { markUnhealthy } from './stack/mark-unhealthy.js'
export { findLiveStack } from './stack/read/find.js'
export { readRequest, type StackRequest } from './stack/request.js'
export { findSnapshot, listSnapshots, type Snapshot, takeSnapshot } from './stack/data/snapshots.js'
export type { Caller } from './stack/services.js'
export { restoreStack } from './stack/data/restore.js'
export { type SignedSignal, signalBySignature, signalResource } from './stack/signal/signal.js'
export { updateStack } from './stack/update.js'
export { visitStack } from './stack/visit.js'
