import { integer, option, seconds } from '@hearth/core/plugin'

export const slots = option('convergence', 'slots', integer({ min: 1, max: 100_000 }), {
  default: 1000,
  help: 'Steps that one daemon has under way at once. Higher: more waiting on clouds in parallel, more memory. Parked steps do not count.',
})
export const batchSize = option('convergence', 'batch_size', integer({ min: 1, max: 5000 }), {
  default: 500,
  help: 'Nodes claimed, and completed, in one transaction at most. Higher: fewer commits; too high: long row locks.',
})
export const pollSeconds = option('convergence', 'poll_seconds', seconds({ min: 0.1, max: 60 }), {
  default: 1,
  help: 'How often a worker looks for work that no notification told it of, and for overdue operations.',
})
export const options = [slots, batchSize, pollSeconds]
