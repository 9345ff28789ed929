/** The statements of the engine, for tests that hold them against its tables. */
export { claim, claimSuspect, type LeasedNode } from './sql/claim.js'
export { fence, fenceSave, finishNodes, type Held } from './sql/complete.js'
export { releaseDead, wakeDue } from './sql/tend.js'
export { supersede } from './supersede.js'
