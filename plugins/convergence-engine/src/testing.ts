/** The statements of the engine, for tests that hold them against its tables. */
export { claim, claimSuspect, type LeasedNode } from './sql/claim.js'
export { fence, finishNodes } from './sql/complete.js'
export { forgive, releaseDead, wakeDue } from './sql/tend.js'
export { brokenWaves, claimWave, forgetWaves, leaseTraversals, markWave } from './sql/wave.js'
