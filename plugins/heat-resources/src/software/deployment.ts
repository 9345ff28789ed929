import { randomUUID } from 'node:crypto'
import {
  again,
  done,
  type Json,
  type JsonMap,
  NoSuchAttribute,
  type Progress,
  replace,
  ResourceFailure,
  type ResourceType,
  type SoftwareConfigs,
  type StepContext,
} from '@hearth/core/plugin'
import { derivedConfig, derivedInputs, noSource, replacingInputs, type Source } from './derived-config.js'
import { outcomeOf, standardOutputs } from './outcome.js'

/** Milliseconds between looks at a deployment that nobody signals; the operation's own time bounds the wait. */
const lookMs = 3_600_000

/** A cursor: the config that was made for this step. It is chosen first, so that a repeated call finds what it did. */
interface Deploying {
  readonly config: string
}

/** What a server gets of the source. */
export type Content = (source: Source, inputs: readonly JsonMap[], properties: JsonMap) => Json

type Steps = Required<
  Pick<
    ResourceType,
    | 'create'
    | 'update'
    | 'delete'
    | 'suspend'
    | 'resume'
    | 'adopt'
    | 'signal'
    | 'read'
    | 'signalledAlways'
    | 'mayReplace'
  >
>

/** What deployments do: each listed action makes a config for the server and waits until the server signals. */
export function deploymentSteps(configs: SoftwareConfigs, content: Content): Steps {
  return {
    create: (context, cursor) => act('CREATE', context, cursor),
    async update(context, cursor) {
      const replacing = cursor === undefined ? await replacingInputsOf(context) : []
      if (replacing.length > 0) return replace(`the input ${replacing.join(', ')} changes`)
      return act('UPDATE', context, cursor)
    },
    suspend: (context, cursor) => act('SUSPEND', context, cursor),
    resume: (context, cursor) => act('RESUME', context, cursor),
    async delete(context, cursor) {
      const id = idOf(context)
      const isThere = context.physicalId !== null && (await configs.deployment(id)) !== undefined
      const progress = isThere ? await act('DELETE', context, cursor) : done()
      if (progress.kind === 'done') await configs.deleteDeployment(id)
      return progress
    },
    async adopt({ physicalId, stack }) {
      const found = physicalId === null ? undefined : await configs.deployment(physicalId)
      if (found?.project === stack.project) return done()
      throw new ResourceFailure(`Deployment with id ${physicalId} not found`, 'NotFound')
    },
    mayReplace: true,
    signalledAlways: true,
    async signal({ physicalId, received, status }, details, tx) {
      const found = physicalId === null ? undefined : await configs.lock(physicalId, tx)
      if (physicalId === null || found?.status !== 'IN_PROGRESS') return undefined
      // Its step was given up: what the server says now is about something that nobody wants any more.
      if (status !== 'IN_PROGRESS') {
        const { outputValues } = found
        await configs.end(physicalId, { status: 'FAILED', statusReason: 'Deployment cancelled.', outputValues }, tx)
        return undefined
      }
      const { told, ...outcome } = outcomeOf(details, found.config.outputs, found.outputValues)
      await configs.end(physicalId, outcome, tx)
      return { received, reason: `deployment ${physicalId} ${told}` }
    },
    async read({ physicalId }, attribute) {
      const found = physicalId === null ? undefined : await configs.deployment(physicalId)
      const values = found?.outputValues ?? {}
      const standard: readonly string[] = standardOutputs
      if (attribute !== '*') {
        if (Object.hasOwn(values, attribute)) return values[attribute] ?? null
        if (found === undefined || standard.includes(attribute)) return null
        const made = await configs.config(found.configId)
        if (made?.outputs.some(({ name }) => name === attribute) !== false) return null
        throw new NoSuchAttribute()
      }
      return Object.fromEntries(Object.entries(values).filter(([name]) => !standard.includes(name)))
    },
  }

  async function act(action: string, context: StepContext, cursor: Json | undefined): Promise<Progress> {
    if (cursor !== undefined) return follow(action, context, cursor as unknown as Deploying)
    // What it was made from may be gone by the time that it goes itself.
    const source = await sourceOf(context).catch(error => {
      if (action === 'DELETE' && ResourceFailure.is(error)) return noSource
      throw error
    })
    const wanted = actionsOf(source, context.properties).includes(action)
    return wanted ? again({ config: randomUUID() }, { afterMs: 0 }) : done()
  }

  async function follow(action: string, context: StepContext, cursor: Deploying): Promise<Progress> {
    const id = idOf(context)
    const found = await configs.deployment(id)
    if (found?.configId !== cursor.config) {
      await deploy(action, context, cursor.config)
      if (isGivenUp(context.signal)) await configs.cancel(id)
    } else if (found.status === 'FAILED') throw failed(found.statusReason)
    else if (found.status === 'COMPLETE') return done({ physicalId: id })
    else if (await context.isOver()) {
      await configs.cancel(id)
      throw failed('Deployment cancelled.')
    }
    if (context.properties.signal_transport === 'NO_SIGNAL') return done({ physicalId: id })
    const { config } = cursor
    return again({ config }, { on: 'signal', deadline: new Date(context.now() + lookMs) })
  }

  async function deploy(action: string, context: StepContext, config: string): Promise<void> {
    const { properties, stack, resource } = context
    const id = idOf(context)
    if (context.physicalId === null) await context.setPhysicalId(id)
    const waits = properties.signal_transport !== 'NO_SIGNAL'
    const source = await sourceOf(context)
    await configs.deploy({
      id,
      project: stack.project,
      serverId: properties.server as string,
      stackId: stack.id,
      resourceId: resource.id,
      action,
      inputValues: properties.input_values as JsonMap | null,
      status: waits ? 'IN_PROGRESS' : 'COMPLETE',
      statusReason: waits ? 'Deploy data available' : 'Not waiting for outputs signal',
      config: derivedConfig(config, action, source, context, (from, inputs) => content(from, inputs, properties)),
    })
  }

  async function sourceOf({ properties, stack }: StepContext): Promise<Source> {
    const { config: id } = properties
    if (typeof id !== 'string' || id === '') return noSource
    const found = await configs.config(id)
    if (found?.project === stack.project) return found
    throw new ResourceFailure(`Software config with id ${id} not found`, 'NotFound')
  }

  async function replacingInputsOf(context: StepContext): Promise<string[]> {
    const deployment = await configs.deployment(idOf(context))
    const before = deployment === undefined ? undefined : await configs.config(deployment.configId)
    if (before === undefined) return []
    return replacingInputs(before.inputs, derivedInputs('UPDATE', await sourceOf(context), context))
  }
}

/** Its resource fails at once; a step that is only lost goes on elsewhere. */
const isGivenUp = ({ aborted, reason }: AbortSignal): boolean => aborted && reason !== 'lost'

const idOf = ({ physicalId, resource }: StepContext): string => physicalId ?? resource.id

const failed = (reason: string | null): ResourceFailure =>
  new ResourceFailure(`Deployment to server failed: ${reason ?? ''}`, 'Error')

/** A component says for which actions it has configs; else the deployment says when it is to be carried out. */
function actionsOf({ group, config }: Source, { actions }: JsonMap): readonly Json[] {
  if (group !== 'component') return (actions as Json[] | null) ?? []
  const configs = ((config as JsonMap | null)?.configs as JsonMap[] | undefined) ?? []
  return configs.flatMap(one => (one.actions as Json[] | null) ?? [])
}
