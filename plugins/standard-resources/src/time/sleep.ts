import {
  done,
  type Json,
  type Progress,
  PropertyFailure,
  type PropertySchema,
  type ResourceType,
  type StepContext,
  Unknown,
  waitFor,
} from '@hearth/core/plugin'
import { text } from '../text.js'
import { durationForm, parseDuration } from './duration.js'

const duration = (description: string): PropertySchema => ({
  type: 'string',
  description: `${description} In ${durationForm}.`,
  default: '0',
  updateAllowed: true,
})
const durations = ['create_duration', 'delete_duration'] as const

/** Waits after what it depends on was created, and before that is deleted. */
export const sleep: ResourceType = {
  name: 'Hearth::Time::Sleep',
  className: 'Sleep',
  description:
    'Waits for a while when it is created, and when it is deleted. What depends on it comes after the one and before the other. It waits parked: nothing is held or polled meanwhile.',
  support: { status: 'SUPPORTED' },
  properties: {
    create_duration: duration('How long its create waits. A change of it counts from the next create on.'),
    delete_duration: duration('How long its delete waits.'),
    triggers: {
      type: 'map',
      description: 'Any values: when one of them changes, the resource is replaced, and so waits again.',
      default: {},
    },
  },
  attributes: {
    triggers: {
      type: 'map',
      description: 'The triggers: what takes a value from here instead of from where it comes, comes after the wait.',
    },
  },
  validate(properties, { timeoutSeconds }) {
    for (const name of durations) {
      const given = properties[name]
      if (Unknown.is(given)) continue
      const ms = parseDuration(text(given))
      if (ms === undefined) throw new PropertyFailure(name, `'${text(given)}' is no duration; expected ${durationForm}`)
      if (ms > timeoutSeconds * 1000) {
        throw new PropertyFailure(name, `it is longer than the stack's timeout of ${timeoutSeconds} s`)
      }
    }
  },
  create: async (context, cursor) => wait(context, 'create_duration', cursor) ?? kept(context),
  /** The new durations count from now on. */
  update: async context => kept(context),
  delete: async (context, cursor) => wait(context, 'delete_duration', cursor) ?? done(),
  adopt: async context => kept(context),
}

/** @returns what to answer while it is not over. */
const wait = (context: StepContext, name: (typeof durations)[number], cursor?: Json): Progress | undefined =>
  waitFor(() => parseDuration(text(context.properties[name])) ?? 0, cursor, context.now())

const kept = ({ properties, physicalId, resource }: StepContext): Progress =>
  done({ physicalId: physicalId ?? resource.physicalName, attributes: { triggers: properties.triggers ?? {} } })
