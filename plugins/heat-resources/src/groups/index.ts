/**
 * Resources whose stack inside holds members: groups, chains, groups that scale and what scales them.
 * What is decided of members is pure, and apart from the types; nothing here waits or asks.
 * Start at `members.ts` for the stack inside, then `resource-group.ts`; `batches.ts` has the rule of rolling updates.
 */
import type { ResourceType } from '@hearth/core/plugin'
import { autoScalingGroup } from './auto-scaling-group.js'
import { awsAutoScalingGroup } from './aws-auto-scaling-group.js'
import { instanceGroup } from './instance-group.js'
import { launchConfiguration } from './launch-configuration.js'
import { resourceChain } from './resource-chain.js'
import { resourceGroup } from './resource-group.js'
import { awsScalingPolicy, scalingPolicy } from './scaling-policy.js'

export const groups: readonly ResourceType[] = [
  autoScalingGroup,
  awsAutoScalingGroup,
  awsScalingPolicy,
  instanceGroup,
  launchConfiguration,
  resourceChain,
  resourceGroup,
  scalingPolicy,
]
