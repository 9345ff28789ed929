import {
  again,
  done,
  type Json,
  type Progress,
  ResourceFailure,
  type ResourceType,
  type StepContext,
} from '@hearth/core/plugin'

/** Milliseconds between two looks at a server that is being built. */
const pollMs = 150

interface View {
  readonly id: string
  readonly value: string
  readonly version: number
  readonly status: 'BUILD' | 'ACTIVE' | 'ERROR'
}

interface Left {
  readonly polls: number
}

/** The step that a key belongs to: `<row>:<step>`, and for an update what it leads to. */
const stepOf = ({ idempotencyKey }: StepContext): string => idempotencyKey.split(':')[1] ?? ''

/** A server of the cloud at that address. */
export function serverType(url: string): ResourceType {
  async function call<T>(context: StepContext, method: string, path: string, body?: object): Promise<T> {
    const { resource, stack, signal } = context
    const response = await fetch(`${url}${path}`, {
      method,
      signal,
      headers: { 'x-caller': `${process.pid} ${stepOf(context)} ${resource.id} ${stack.id} ${resource.name}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as T & { message: string }
    if (!response.ok) throw new ResourceFailure(answer.message, 'CloudRefusal')
    return answer
  }

  const look = (context: StepContext): Promise<View> => call(context, 'GET', `/servers/${context.physicalId}`)

  /** Waits for the server, and some looks longer if it is told to. */
  async function ready(context: StepContext, polls: number): Promise<Progress> {
    const { status, value } = await look(context)
    if (status === 'ERROR') throw new ResourceFailure(`${context.physicalId} is broken`, 'CloudError')
    if (status === 'BUILD' || polls > 0) return again({ polls: Math.max(polls - 1, 0) }, { afterMs: pollMs })
    if (context.properties.fail === true) throw new ResourceFailure('told to fail', 'ToldToFail')
    return done({ attributes: { value } })
  }

  const pollsOf = ({ properties }: StepContext, cursor: Json | undefined): number =>
    cursor === undefined ? Number(properties.polls) : (cursor as unknown as Left).polls

  return {
    name: 'Chaos::Cloud::Server',
    className: 'Server',
    description: 'A server of the cloud.',
    support: { status: 'SUPPORTED', version: '1' },
    properties: {
      value: { type: 'string', description: 'Changes in place.', updateAllowed: true, default: '' },
      fixed: { type: 'string', description: 'Cannot change in place.', default: '' },
      needs: { type: 'list', description: 'Servers it stands on.', updateAllowed: true, default: [] },
      after: { type: 'list', description: 'What comes before it.', updateAllowed: true, default: [] },
      polls: { type: 'integer', description: 'Further looks.', updateAllowed: true, default: 0 },
      fail: { type: 'boolean', description: 'Fails in the end.', updateAllowed: true, default: false },
    },
    attributes: { value: { description: 'Its value.', type: 'string' } },
    async create(context, cursor) {
      if (cursor === undefined) {
        const { value, fixed, needs, after } = context.properties
        const key = context.idempotencyKey
        const found = await call<View | null>(context, 'GET', `/servers?key=${key}`)
        const server = found ?? (await call<View>(context, 'POST', '/servers', { key, value, fixed, needs, after }))
        await context.setPhysicalId(server.id)
      }
      return ready(context, pollsOf(context, cursor))
    },
    async update(context, cursor) {
      if (cursor === undefined) {
        const { version } = await look(context)
        const { value, needs, after } = context.properties
        await call(context, 'PUT', `/servers/${context.physicalId}`, { value, needs, after, version })
      }
      return ready(context, pollsOf(context, cursor))
    },
    async delete(context) {
      const id = context.physicalId === null ? '' : `/${context.physicalId}`
      await call(context, 'DELETE', `/servers${id}?key=${context.resource.id}:create`)
      return done()
    },
  }
}
