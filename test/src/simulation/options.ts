import type { Options } from '@hearth/core/plugin'
import type { Random } from '@hearth/conformance'

/** How a world's daemons are configured: limits that are drawn, and an operation's time, which is asked for each time. */
export function drawnOptions(random: Random, actionTimeout: () => number): Options {
  const chosen = new Map<string, unknown>([
    ['DEFAULT:convergence_engine', 'convergence'],
    ['worker:lease_seconds', 3],
    ['convergence:slots', random.pick([1, 3, 10, 100])],
    ['convergence:batch_size', random.pick([1, 2, 5, 100])],
    ['convergence:poll_seconds', random.pick([1, 3])],
    ['convergence:project_share', random.pick([0.5, 1])],
    ['convergence:steps_per_project', random.pick([0, 0, 0, 1, 3])],
    ['convergence:steps_per_type', random.chance(0.2) ? new Map([['Simulated::Thing', 2]]) : new Map()],
  ])
  return {
    get: <T>({ section, name, default: value }: { section: string; name: string; default: T }) =>
      name === 'stack_action_timeout'
        ? actionTimeout()
        : ((chosen.get(`${section}:${name}`) as T | undefined) ?? value),
  } as Options
}
