import { done, type Progress, ResourceFailure, type ResourceType, type StepContext } from '@hearth/core/plugin'
import { adjustmentTypes } from './adjustment.js'
import { cooldownRange } from './cooldown.js'

/** Members, or per cent of them: from one member to as many as a group may have. */
const mostAdjustment = 1_000_000

/** Where signals come in, made once: whoever refers to the URLs must find them unchanged. */
async function create({ resource, signalUrl: { plain, signed } }: StepContext): Promise<Progress> {
  return done({ physicalId: resource.id, data: { plain, signed } })
}

/** Each signal changes the size of a group. */
export const scalingPolicy: ResourceType = {
  name: 'OS::Heat::ScalingPolicy',
  className: 'AutoScalingPolicy',
  description: 'A resource to manage scaling of `OS::Heat::AutoScalingGroup`.',
  support: { status: 'SUPPORTED', version: '2014.1' },
  properties: {
    auto_scaling_group_id: {
      type: 'string',
      description: 'What get_resource gives for the group to which the policy belongs.',
      required: true,
    },
    scaling_adjustment: {
      type: 'number',
      description: 'Size of adjustment: members, or per cent of them.',
      required: true,
      constraints: [{ range: { min: -mostAdjustment, max: mostAdjustment } }],
      updateAllowed: true,
    },
    adjustment_type: {
      type: 'string',
      description: 'Type of adjustment (absolute or percentage).',
      required: true,
      constraints: [{ allowed_values: [...adjustmentTypes] }],
      updateAllowed: true,
    },
    cooldown: {
      type: 'number',
      description: 'Cooldown period, in seconds. Without it that of the group.',
      constraints: [cooldownRange],
      updateAllowed: true,
    },
    min_adjustment_step: {
      type: 'integer',
      description: 'Minimum number of members that a percentage changes.',
      constraints: [{ range: { min: 0 } }],
      updateAllowed: true,
    },
  },
  attributes: {
    alarm_url: { description: 'A signed url to handle the alarm: POST to it, without a token.', type: 'string' },
    signal_url: { description: 'A url to handle the alarm using native API.', type: 'string' },
  },
  effectless: true,
  validate({ adjustment_type: type, min_adjustment_step: step }) {
    if (typeof step !== 'number' || typeof type !== 'string' || type === 'percent_change_in_capacity') return
    throw new ResourceFailure(
      'min_adjustment_step property should only be specified for adjustment_type with value percent_change_in_capacity.',
      'StackValidationFailed',
    )
  },
  create,
  adopt: create,
  update: async () => done(),
  adjusts: ({ properties }) => ({
    resource: properties.auto_scaling_group_id as string,
    how: {
      type: properties.adjustment_type ?? null,
      amount: properties.scaling_adjustment ?? null,
      leastStep: properties.min_adjustment_step ?? null,
      cooldown: properties.cooldown ?? null,
    },
  }),
  derive: ({ data: { plain = null, signed = null } }) => ({ attributes: { alarm_url: signed, signal_url: plain } }),
}
