import {
  done,
  type Json,
  type MaybeUnknown,
  type Progress,
  ResourceFailure,
  type ResourceType,
  type StepContext,
  Unknown,
  waitFor,
} from '@hearth/core/plugin'

/** Waits during chosen actions, for a fixed time and a random one. */
export const delay: ResourceType = {
  name: 'OS::Heat::Delay',
  className: 'Delay',
  description: 'A resource that pauses for a configurable delay.',
  support: { status: 'SUPPORTED', version: '11.0.0' },
  properties: {
    min_wait: {
      type: 'number',
      description: 'Minimum time in seconds to wait during the specified actions.',
      default: 0,
      updateAllowed: true,
      constraints: [{ range: { min: 0 } }],
    },
    max_jitter: {
      type: 'number',
      description: 'Maximum jitter to add to the minimum wait time.',
      default: 0,
      updateAllowed: true,
      constraints: [{ range: { min: 0 } }],
    },
    jitter_multiplier: {
      type: 'number',
      description: 'Number of seconds to multiply jitter by.',
      default: 1,
      updateAllowed: true,
      constraints: [{ range: { min: 0 } }],
    },
    actions: {
      type: 'list',
      description: 'Actions during which the delay will occur.',
      default: ['CREATE'],
      updateAllowed: true,
      constraints: [{ allowed_values: ['CREATE', 'DELETE', 'SUSPEND', 'RESUME'] }],
    },
  },
  attributes: {},
  validate(properties, { timeoutSeconds }) {
    if (Unknown.within(properties)) return
    const longest = range(properties).min + range(properties).jitter
    if (longest > timeoutSeconds) {
      throw new ResourceFailure(`maximum delay ${longest}s exceeds stack timeout.`, 'StackValidationFailed')
    }
  },
  create: (context, cursor) => wait(context, 'CREATE', cursor),
  delete: (context, cursor) => wait(context, 'DELETE', cursor),
  suspend: (context, cursor) => wait(context, 'SUSPEND', cursor),
  resume: (context, cursor) => wait(context, 'RESUME', cursor),
}

async function wait(context: StepContext, action: string, cursor: Json | undefined): Promise<Progress> {
  const { properties } = context
  const { min, jitter } = range(properties)
  const listed = (properties.actions as string[] | null)?.includes(action) === true
  return waitFor(() => (listed ? (min + jitter * Math.random()) * 1000 : 0), cursor, context.now()) ?? done()
}

const range = (properties: Record<string, MaybeUnknown>): { min: number; jitter: number } => ({
  min: Number(properties.min_wait ?? 0),
  jitter: Number(properties.max_jitter ?? 0) * Number(properties.jitter_multiplier ?? 1),
})
