import {
  type AttributeSchema,
  type ConstraintSchema,
  done,
  type Progress,
  type PropertySchema,
  ResourceFailure,
  type ResourceType,
  type StepContext,
} from '@hearth/core/plugin'
import { adjustmentTypes, cfnAdjustmentTypes } from './adjustment.js'
import { cooldownRange } from './cooldown.js'

/** Members, or per cent of them: from one member to as many as a group may have. */
const mostAdjustment = 1_000_000
const adjustmentRange: ConstraintSchema = { range: { min: -mostAdjustment, max: mostAdjustment } }

const leastStep: PropertySchema = {
  type: 'integer',
  description: 'Minimum number of members that a percentage changes.',
  constraints: [{ range: { min: 0 } }],
  updateAllowed: true,
}
const alarmUrl: AttributeSchema = {
  description: 'A signed url to handle the alarm: POST to it, without a token.',
  type: 'string',
}

/** Where signals come in, made once: whoever refers to the URLs must find them unchanged. */
async function create({ resource, signalUrl: { plain, signed } }: StepContext): Promise<Progress> {
  return done({ physicalId: resource.id, data: { plain, signed } })
}

/** What a policy does, whatever its properties are called. */
function adjustingBy({
  group,
  amount,
  type,
  cooldown,
  leastStep,
  inPercent,
}: Readonly<Record<'group' | 'amount' | 'type' | 'cooldown' | 'leastStep' | 'inPercent', string>>): Pick<
  ResourceType,
  'effectless' | 'validate' | 'create' | 'adopt' | 'update' | 'adjusts'
> {
  return {
    effectless: true,
    validate({ [type]: kind, [leastStep]: step }) {
      if (typeof step !== 'number' || typeof kind !== 'string' || kind === inPercent) return
      throw new ResourceFailure(
        `${leastStep} property should only be specified for ${type} with value ${inPercent}.`,
        'StackValidationFailed',
      )
    },
    create,
    adopt: create,
    update: async () => done(),
    adjusts: ({ properties }) => ({
      resource: properties[group] as string,
      how: {
        type: properties[type] ?? null,
        amount: properties[amount] ?? null,
        leastStep: properties[leastStep] ?? null,
        cooldown: properties[cooldown] ?? null,
      },
    }),
  }
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
      constraints: [adjustmentRange],
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
    min_adjustment_step: leastStep,
  },
  attributes: {
    alarm_url: alarmUrl,
    signal_url: { description: 'A url to handle the alarm using native API.', type: 'string' },
  },
  ...adjustingBy({
    group: 'auto_scaling_group_id',
    amount: 'scaling_adjustment',
    type: 'adjustment_type',
    cooldown: 'cooldown',
    leastStep: 'min_adjustment_step',
    inPercent: 'percent_change_in_capacity',
  }),
  derive: ({ data: { plain = null, signed = null } }) => ({ attributes: { alarm_url: signed, signal_url: plain } }),
}

/** The same as CloudFormation has it: what refers to it gets the signed URL. */
export const awsScalingPolicy: ResourceType = {
  name: 'AWS::AutoScaling::ScalingPolicy',
  className: 'AWSScalingPolicy',
  description: 'A resource to manage scaling of `AWS::AutoScaling::AutoScalingGroup`.',
  support: { status: 'SUPPORTED', version: '2014.1' },
  properties: {
    AutoScalingGroupName: {
      type: 'string',
      description: 'What Ref gives for the group to which the policy belongs.',
      required: true,
    },
    ScalingAdjustment: {
      type: 'integer',
      description: 'Size of adjustment: members, or per cent of them.',
      required: true,
      constraints: [adjustmentRange],
      updateAllowed: true,
    },
    AdjustmentType: {
      type: 'string',
      description: 'Type of adjustment (absolute or percentage).',
      required: true,
      constraints: [{ allowed_values: Object.keys(cfnAdjustmentTypes) }],
      updateAllowed: true,
    },
    Cooldown: {
      type: 'integer',
      description: 'Cooldown period, in seconds. Without it that of the group.',
      constraints: [cooldownRange],
      updateAllowed: true,
    },
    MinAdjustmentStep: leastStep,
  },
  attributes: {
    AlarmUrl: alarmUrl,
  },
  ...adjustingBy({
    group: 'AutoScalingGroupName',
    amount: 'ScalingAdjustment',
    type: 'AdjustmentType',
    cooldown: 'Cooldown',
    leastStep: 'MinAdjustmentStep',
    inPercent: 'PercentChangeInCapacity',
  }),
  derive: ({ data: { signed = null } }) => ({
    attributes: { AlarmUrl: signed },
    ...(typeof signed === 'string' ? { reference: signed } : {}),
  }),
}
