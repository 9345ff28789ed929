import {
  done,
  type JsonMap,
  type MaybeUnknown,
  ResourceFailure,
  type ResourceType,
  type StepContext,
  waitFor,
} from '@hearth/core/plugin'

/** Fails, waits and asks for replacement as it is told: for trying stacks, and engines. */
export const testResource: ResourceType = {
  name: 'OS::Heat::TestResource',
  className: 'TestResource',
  description: 'A resource which stores the string value that was provided.',
  support: { status: 'SUPPORTED', version: '5.0.0' },
  properties: {
    value: {
      type: 'string',
      description: 'The input string to be stored.',
      default: 'test_string',
      updateAllowed: true,
    },
    fail: {
      type: 'boolean',
      description: 'Value which can be set to fail the resource operation to test failure scenarios.',
      default: false,
      updateAllowed: true,
    },
    update_replace: {
      type: 'boolean',
      description: 'Value which can be set to trigger update replace for the particular resource.',
      default: false,
      updateAllowed: true,
    },
    update_replace_value: { type: 'string', description: 'Some value that can be stored but can not be updated.' },
    wait_secs: {
      type: 'number',
      description: 'Seconds to wait after an action (-1 is infinite).',
      default: 0,
      updateAllowed: true,
    },
    action_wait_secs: {
      type: 'map',
      description: 'Options for simulating waiting.',
      updateAllowed: true,
      schema: {
        create: {
          type: 'number',
          description: 'Seconds to wait after a create. Defaults to the global wait_secs.',
          updateAllowed: true,
        },
        update: {
          type: 'number',
          description: 'Seconds to wait after an update. Defaults to the global wait_secs.',
          updateAllowed: true,
        },
        delete: {
          type: 'number',
          description: 'Seconds to wait after a delete. Defaults to the global wait_secs.',
          updateAllowed: true,
        },
      },
    },
    attr_wait_secs: {
      type: 'number',
      description: 'Number value for timeout during resolving output value.',
      default: 0,
      updateAllowed: true,
    },
    constraint_prop_secs: {
      type: 'number',
      description: 'Accepted, and without effect: nothing here waits while properties are checked.',
      default: 0,
      updateAllowed: true,
    },
    // Heat polls it while it waits, and goes on waiting whatever comes of that, also where there is no such service.
    client_name: {
      type: 'string',
      description: 'Accepted, and without effect: there is no service to poll while it waits.',
      default: '',
      updateAllowed: true,
    },
    entity_name: {
      type: 'string',
      description: 'Accepted, and without effect, as client_name.',
      default: '',
      updateAllowed: true,
    },
  },
  attributes: {
    output: {
      description: 'The string that was stored. This value is also available by referencing the resource.',
      type: 'string',
      live: true,
    },
  },
  needsReplace(previous, wanted: Record<string, MaybeUnknown>, changed) {
    return wanted.update_replace === true && changed.includes('value')
      ? 'update_replace is set and value changes'
      : undefined
  },
  async create(context, cursor) {
    const waiting = waitFor(() => msOf(context, 'create'), cursor, context.now())
    if (waiting !== undefined) return waiting
    failIfAsked(context)
    return done({ data: { value: context.properties.value ?? null }, physicalId: context.resource.physicalName })
  },
  async update(context, cursor) {
    const waits = context.changed.includes('value') && Boolean(context.properties.value)
    const waiting = waits ? waitFor(() => msOf(context, 'update'), cursor, context.now()) : undefined
    if (waiting !== undefined) return waiting
    failIfAsked(context)
    return waits ? done({ data: { value: context.properties.value ?? null } }) : done()
  },
  async delete(context, cursor) {
    return waitFor(() => msOf(context, 'delete'), cursor, context.now()) ?? done()
  },
  async check({ physicalId }) {
    if (physicalId === null) throw new ResourceFailure('Resource not created', 'Error')
    return done()
  },
  async read({ data, properties }) {
    const seconds = properties.attr_wait_secs
    if (typeof seconds === 'number' && seconds > 0) await new Promise(resolve => setTimeout(resolve, seconds * 1000))
    return data.value ?? null
  },
}

/** How long an action waits; less than 0 is for ever. */
function msOf({ properties }: StepContext, action: 'create' | 'update' | 'delete'): number {
  const own = (properties.action_wait_secs as JsonMap | null)?.[action]
  const seconds = typeof own === 'number' ? own : Number(properties.wait_secs ?? 0)
  return seconds < 0 ? Number.POSITIVE_INFINITY : seconds * 1000
}

function failIfAsked({ properties, resource }: StepContext): void {
  if (properties.fail === true) throw new ResourceFailure(`Test Resource failed ${resource.name}`, 'ValueError')
}
