/**
 * Moves stacks from one engine to another, tree by tree, while daemons run and users work.
 * What an engine keeps of a stack is its own affair, and stays behind `Engine.enter` and `leave`.
 * Start at `trees.ts`; `tree.ts` is the transaction.
 */
export { chooseTrees, type Chosen, type TreeChoice } from './choose.js'
export { migrateTrees, type MigrationInput } from './trees.js'
export type { Verdict } from './tree.js'
