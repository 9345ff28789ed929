/**
 * Stacks inside of resources: a resource whose type has `children` is a stack of its own.
 * Start at `child-stacks.ts`, what a step of the resource does; `adjust.ts` is what a signal does, and `foresee-tree.ts`
 * what a preview says.
 */
export { adjustInside, childEnded } from './adjust.js'
export { NestedStacks } from './child-stacks.js'
export { type ForeseenStack, foreseeTree, stacksOf } from './foresee-tree.js'
export { foreseeUpdate } from './foresee-update.js'
