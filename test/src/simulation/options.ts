import type { Options } from '@hearth/core/plugin'
import type { Random } from '@hearth/conformance'
import type { Limits } from './limits.js'
import { things } from './thing.js'

/** Of all daemons; PostgreSQL ends a transaction that is left alone for so long. */
export const leaseSeconds = 3

/** What may be another one each time it is asked for. */
export interface Moving {
  /** Seconds. */
  readonly actionTimeout: () => number
  /** Of a new stack. */
  readonly engine: () => string
}

/** How a world's daemons are configured: limits that are drawn, and what moves. */
export function drawnOptions(
  random: Random,
  { actionTimeout, engine }: Moving,
): { readonly options: Options; readonly limits: Required<Limits> } {
  const chosen = new Map<string, unknown>([
    ['DEFAULT:enable_stack_adopt', true],
    ['DEFAULT:enable_stack_abandon', true],
    ['legacy:stacks_at_once', random.pick([1, 2, 100])],
    ['legacy:poll_seconds', random.pick([1, 3])],
    ['worker:lease_seconds', leaseSeconds],
    ['convergence:slots', random.pick([1, 3, 10, 100])],
    ['convergence:batch_size', random.pick([1, 2, 5, 100])],
    ['convergence:poll_seconds', random.pick([1, 3])],
    ['convergence:project_share', random.pick([0.5, 1])],
    ['convergence:steps_per_project', random.pick([0, 0, 0, 1, 3])],
    ['convergence:steps_per_type', random.chance(0.2) ? new Map([[things.type, 2]]) : new Map()],
  ])
  const moving: Readonly<Record<string, () => unknown>> = {
    'DEFAULT:stack_action_timeout': actionTimeout,
    'DEFAULT:convergence_engine': engine,
  }
  const options = {
    get: <T>({ section, name, default: value }: { section: string; name: string; default: T }) =>
      (moving[`${section}:${name}`]?.() ?? chosen.get(`${section}:${name}`) ?? value) as T,
  } as Options
  const number = (name: string): number => chosen.get(`convergence:${name}`) as number
  const slots = number('slots')
  return {
    options,
    limits: {
      slots,
      share: Math.max(1, Math.floor(slots * number('project_share'))),
      together: {
        project: number('steps_per_project'),
        types: chosen.get('convergence:steps_per_type') as ReadonlyMap<string, number>,
      },
    },
  }
}
