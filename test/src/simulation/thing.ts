import {
  again,
  definePlugin,
  done,
  type Json,
  type Progress,
  ResourceFailure,
  ResourceType,
  type StepContext,
} from '@hearth/core/plugin'
import { ContainerModule } from 'inversify'
import type { ThingType } from '../model/written.js'
import { type Called, type Caller, type Cloud, CloudRefusal, type NewThing } from './cloud.js'

export const things: ThingType = { type: 'Simulated::Thing', more: {} }

/** The waits of a step that polls, in milliseconds. */
const pollMs = 150

interface Left {
  readonly left: number
}

/** Names of stacks inside begin with that of the stack around. */
const calledBy = ({ resource, stack }: StepContext): Called => {
  const { id, name, type } = resource
  return { id, name, type, project: stack.project, tree: treeOf(stack.name) }
}

const treeOf = (stack: string): string => stack.split('-', 1)[0] as string

/** The resource type of the simulated cloud, as one process has it: found again by its key, polled, slow. */
export const thingPlugin = (caller: Caller, cloud: Cloud) => {
  const wantedOf = ({ properties }: StepContext) =>
    properties as unknown as Pick<NewThing, 'value' | 'fixed' | 'needs' | 'kept' | 'copied' | 'rings'>
  const standing = (context: StepContext) => done({ attributes: { value: wantedOf(context).value } })
  const keyOf = (resource: string): string => `${resource}:create`
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw error instanceof CloudRefusal ? new ResourceFailure(error.message, 'CloudRefusal') : error
    }
  }
  const wait = async (context: StepContext, cursor: Json | undefined, end: () => Progress): Promise<Progress> => {
    const left = cursor === undefined ? Number(context.properties.polls) : (cursor as unknown as Left).left
    if (left > 0) return again({ left: left - 1 }, { afterMs: pollMs })
    if (context.properties.fail === true) throw new ResourceFailure('told to fail', 'ToldToFail')
    return end()
  }
  const looked = (context: StepContext, cursor?: Json): Promise<Progress> =>
    guarded(async () => {
      await cloud.look(caller, calledBy(context), context.signal)
      return wait(context, cursor, () => done())
    })
  const thing: ResourceType = {
    name: things.type,
    className: 'Thing',
    description: 'A thing of the simulated cloud.',
    support: { status: 'SUPPORTED', version: '1' },
    properties: {
      value: { type: 'string', description: '', updateAllowed: true, default: '' },
      fixed: { type: 'string', description: '', default: '' },
      kept: { type: 'boolean', description: '', default: false },
      copied: { type: 'boolean', description: '', default: false },
      needs: { type: 'list', description: '', updateAllowed: true, default: [] },
      polls: { type: 'integer', description: '', updateAllowed: true, default: 0 },
      fail: { type: 'boolean', description: '', updateAllowed: true, default: false },
      rings: { type: 'map', description: '', updateAllowed: true },
    },
    attributes: { value: { description: 'Its value.', type: 'string' } },
    create: (context, cursor) =>
      guarded(async () => {
        const { resource, signal, stack } = context
        if (cursor === undefined) {
          const { value, fixed, needs, kept = false, copied = false, rings } = wantedOf(context)
          const { name } = resource
          const wanted = {
            value,
            fixed,
            needs,
            kept,
            copied,
            rings,
            key: context.idempotencyKey,
            stack: stack.id,
            name,
          }
          await context.setPhysicalId(await cloud.create(caller, calledBy(context), wanted, signal))
        } else await cloud.look(caller, calledBy(context), signal)
        return wait(context, cursor, () => standing(context))
      }),
    update: (context, cursor) =>
      guarded(async () => {
        const { signal, physicalId } = context
        if (cursor === undefined)
          await cloud.update(caller, calledBy(context), physicalId ?? '', wantedOf(context), signal)
        else await cloud.look(caller, calledBy(context), signal)
        return wait(context, cursor, () => standing(context))
      }),
    adopt: (context, cursor) =>
      guarded(async () => {
        const { signal, physicalId } = context
        if (cursor === undefined)
          await cloud.adopt(caller, calledBy(context), physicalId ?? '', wantedOf(context), signal)
        else await cloud.look(caller, calledBy(context), signal)
        return wait(context, cursor, () => standing(context))
      }),
    check: context =>
      guarded(async () => {
        await cloud.check(caller, calledBy(context), context.physicalId, context.signal)
        return done()
      }),
    suspend: looked,
    resume: looked,
    snapshotDelete: context =>
      guarded(async () => {
        const { resource, signal, physicalId } = context
        await cloud.removeWithCopy(caller, calledBy(context), physicalId ?? '', keyOf(resource.id), signal)
        return done()
      }),
    delete: context =>
      guarded(async () => {
        const { resource, signal, physicalId } = context
        await cloud.remove(caller, calledBy(context), physicalId, keyOf(resource.id), signal)
        return done()
      }),
  }
  return definePlugin({
    name: 'simulated-cloud',
    apiVersion: 1,
    contributions: new ContainerModule(({ bind }) => {
      bind(ResourceType).toConstantValue(thing)
    }),
  })
}
