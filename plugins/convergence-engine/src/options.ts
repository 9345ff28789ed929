import { availableParallelism } from 'node:os'
import { float, integer, type OptionType, option, seconds } from '@hearth/core/plugin'

/** Steps under way are mostly waits for others; a core keeps up with this many. */
const slotsPerCore = 500

/** What a core works out while the database writes as much; beyond the most, locks are held for long. */
const batchPerCore = 500
const mostBatch = 1000

/** Numbers by name: `OS::Nova::Server=10, OS::Cinder::Volume=5`. */
const numbers: OptionType<ReadonlyMap<string, number>> = {
  expected: 'NAME=NUMBER, separated by commas, each number 1 or more',
  parse(text) {
    const pairs = text
      .split(',')
      .map(one => one.trim())
      .filter(one => one !== '')
      .map(one => /^(\S+?)\s*=\s*([1-9]\d{0,8})$/.exec(one))
    return pairs.some(pair => pair === null)
      ? undefined
      : new Map(pairs.map(pair => [pair?.[1] as string, Number(pair?.[2])]))
  },
  print: value => [...value].map(([name, number]) => `${name}=${number}`).join(','),
}

export const slots = option('convergence', 'slots', integer({ min: 1, max: 100_000 }), {
  default: slotsPerCore * availableParallelism(),
  shown: `<${slotsPerCore} for each core of this machine>`,
  help: 'Steps that one daemon has under way at once. Higher: more waiting on clouds in parallel, more memory. Parked steps do not count.',
})
export const batchSize = option('convergence', 'batch_size', integer({ min: 1, max: 5000 }), {
  default: Math.min(mostBatch, batchPerCore * availableParallelism()),
  shown: `<${batchPerCore} for each core of this machine, ${mostBatch} at most>`,
  help: 'Nodes claimed, and completed, in one transaction at most. Higher: fewer commits; too high: long row locks.',
})
export const pollSeconds = option('convergence', 'poll_seconds', seconds({ min: 0.1, max: 60 }), {
  default: 1,
  help: 'How often a worker looks for work that no notification told it of, and for overdue operations.',
})
export const projectShare = option('convergence', 'project_share', float({ min: 0.01, max: 1 }), {
  default: 0.8,
  mutable: true,
  help: 'Part of the slots of a daemon that the steps of one project may take. 1: all of them; then the long steps of one project can keep those of another waiting.',
})
export const stepsPerProject = option('convergence', 'steps_per_project', integer({ min: 0 }), {
  default: 0,
  mutable: true,
  help: 'Steps of one project that may be under way at once, on all daemons together, pauses included; one that waits for a signal, at a hook or for a stack inside does not count. 0: no limit. A limit costs a lock that claims of all daemons share.',
})
export const stepsPerType = option('convergence', 'steps_per_type', numbers, {
  default: new Map(),
  mutable: true,
  help: 'The same for resource types: OS::Nova::Server=10,OS::Cinder::Volume=5. A type that is not named has no limit.',
})
export const options = [slots, batchSize, pollSeconds, projectShare, stepsPerProject, stepsPerType]
