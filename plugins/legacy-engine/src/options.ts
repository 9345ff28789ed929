import { integer, option, seconds } from '@hearth/core/plugin'

export const stacksAtOnce = option('legacy', 'stacks_at_once', integer({ min: 1, max: 10_000 }), {
  default: 200,
  help: 'Stacks that one daemon drives at once. Higher: more in parallel, more memory; further operations wait their turn.',
})
export const pollSeconds = option('legacy', 'poll_seconds', seconds({ min: 0.1, max: 60 }), {
  default: 1,
  help: 'How often a daemon looks for operations and cancels that no notification told it of.',
})
export const options = [stacksAtOnce, pollSeconds]
