import { integer, option, seconds } from '@hearth/core/plugin'

export const slots = option('queue', 'slots', integer({ min: 1, max: 10_000 }), {
  default: 500,
  help: 'Steps that one daemon has under way at once. Higher: more in parallel, more memory.',
})
export const pollSeconds = option('queue', 'poll_seconds', seconds({ min: 0.1, max: 60 }), {
  default: 1,
  help: 'How often a daemon looks for jobs that no notification told it of.',
})
export const options = [slots, pollSeconds]
