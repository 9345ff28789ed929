/**
 * The resource types of Heat that need no cloud, a file or a folder each, the names of those that do, and the constraints.
 * Nothing here knows engines or rows.
 * Start at `value.ts` for the smallest one, `test-resource.ts` for one that waits.
 */
import { Clock, Constraint, definePlugin, ResourceType, SoftwareConfigs, UnavailableType } from '@hearth/core/plugin'
import { ContainerModule } from 'inversify'
import { cloudFormationStack } from './cloudformation-stack.js'
import { constraints, expiration } from './constraints/index.js'
import { delay } from './delay.js'
import { haRestarter, none } from './none.js'
import { randomString } from './random-string.js'
import { groups } from './groups/index.js'
import { softwareTypes } from './software/index.js'
import { stack } from './stack.js'
import { testResource } from './test-resource.js'
import { unavailableTypes } from './unavailable/index.js'
import { value } from './value.js'
import { waitConditions } from './wait-conditions/index.js'

const types: readonly ResourceType[] = [
  cloudFormationStack,
  delay,
  haRestarter,
  none,
  randomString,
  stack,
  testResource,
  value,
  ...groups,
  ...waitConditions,
]

export default definePlugin({
  name: '@hearth/heat-resources',
  apiVersion: 1,
  contributions: new ContainerModule(({ bind }) => {
    for (const type of types) bind(ResourceType).toConstantValue(type)
    for (const make of softwareTypes) bind(ResourceType).toDynamicValue(host => make(host.get(SoftwareConfigs)))
    for (const type of unavailableTypes) bind(UnavailableType).toConstantValue(type)
    for (const constraint of constraints) bind(Constraint).toConstantValue(constraint)
    bind(Constraint).toDynamicValue(host => expiration(host.get(Clock)))
  }),
})
