/** The statements of the engine, and how it supersedes, for tests that hold them against its tables. */
export { begunOfProjects, begunOfTypes, claim, claimSuspect, type LeasedNode } from './sql/claim.js'
export { fence, finishNodes, parkForSignal, parkNodes } from './sql/complete.js'
export { endOpening, holdOpening, releaseOpenings, returnOpenings, takeOpenings } from './sql/opening.js'
export { insertNodes, insertTraversal, reserveNodes } from './sql/place.js'
export { forgive, lockSuspects, purgeNodes, purgeTraversals, releaseDead, wakeDue, wakeParked } from './sql/tend.js'
export { brokenWaves, claimWave, forgetWaves, leaseTraversals, markWave } from './sql/wave.js'
export { supersede } from './supersede.js'
