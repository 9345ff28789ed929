/** Templates that the cases are made of. */

type Properties = Record<string, unknown>
export interface Resource {
  readonly type: string
  readonly properties?: Properties
  readonly depends_on?: string | string[]
  readonly metadata?: object
  readonly deletion_policy?: string
  readonly update_policy?: unknown
  readonly external_id?: unknown
  readonly condition?: unknown
}

export const template = (resources: Record<string, Resource>, outputs: Record<string, unknown> = {}) => ({
  heat_template_version: '2018-08-31',
  resources,
  outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { value }])),
})

/** A resource that does what its properties say: `value`, `fail`, `wait_secs`, `update_replace`… */
export const test = (properties: Properties = {}, more: Partial<Resource> = {}): Resource => ({
  type: 'OS::Heat::TestResource',
  properties,
  ...more,
})

export const value = (content: unknown, more: Partial<Resource> = {}): Resource => ({
  type: 'OS::Heat::Value',
  properties: { value: content },
  ...more,
})

export const random = (properties: Properties = {}): Resource => ({ type: 'OS::Heat::RandomString', properties })

/** A policy that adds one member to a group that scales, by each signal. @param more of its properties */
export const addsOne = (group: string, more: Properties = {}): Resource => ({
  type: 'OS::Heat::ScalingPolicy',
  properties: {
    auto_scaling_group_id: { get_resource: group },
    adjustment_type: 'change_in_capacity',
    scaling_adjustment: 1,
    ...more,
  },
})

/** Waits in the actions named. */
export const delay = (seconds: number, actions: string[], more: Partial<Resource> = {}): Resource => ({
  type: 'OS::Heat::Delay',
  properties: { min_wait: seconds, actions },
  ...more,
})

/**
 * Seconds that a step is under way while a case goes on: what the case sends meanwhile arrives before its end, also on a
 * machine that has much else to do.
 */
export const aWhile = 2

/** Seconds of a step that is to be under way when the daemon is killed: longer than it takes many cases to begin theirs. */
export const long = 6 * aWhile
