import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  definePlugin,
  done,
  type Json,
  type Progress,
  ResourceFailure,
  ResourceType,
  type StepContext,
  waitFor,
} from '@hearth/core/plugin'
import { ContainerModule } from 'inversify'

/** What a daemon loads to have it. */
export const drawerPlugin = fileURLToPath(import.meta.url)

const type = 'Conformance::Drawer'
/** A drawer with this in it cannot be looked into. */
export const stuck = 'stuck'

/** A file in a folder of the host, which anybody may change, remove, or make unreadable. */
const drawer: ResourceType = {
  name: type,
  className: 'Drawer',
  description: 'Holds a text where others can get at it.',
  support: { status: 'SUPPORTED' },
  properties: {
    folder: { type: 'string', description: 'Where it stands.', required: true },
    text: { type: 'string', description: 'What it holds.', updateAllowed: true },
    label: { type: 'string', description: 'What cannot be seen on it.' },
    dawdles: {
      type: 'number',
      description:
        'Seconds that a step takes. Checks and adoptions wait for it; updates and snapshots just do not answer.',
      default: 0,
      updateAllowed: true,
    },
  },
  attributes: { filled: { description: 'What it was filled with.' } },
  create: fill,
  async update(context) {
    const progress = await fill(context)
    await dawdle(context)
    return progress
  },
  async snapshot(context) {
    const copy = await lookInto(context)
    await dawdle(context)
    return done({ data: { copy } })
  },
  async check(context, cursor) {
    const text = await lookInto(context)
    return wait(context, cursor) ?? done({ attributes: { filled: text } })
  },
  async adopt(context, cursor) {
    const text = await lookInto(context)
    return wait(context, cursor) ?? done({ attributes: { filled: text } })
  },
  restore: (properties, { data }) => ({ ...properties, text: data.copy ?? null }),
  async delete({ physicalId }) {
    if (physicalId !== null) await rm(physicalId, { force: true })
    return done()
  },
  async observe({ physicalId }, signal) {
    try {
      const text = await readFile(physicalId as string, { encoding: 'utf8', signal })
      if (text === stuck) throw new Error('it is stuck')
      return { text }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  },
}

async function lookInto({ physicalId }: StepContext): Promise<string> {
  try {
    return await readFile(physicalId as string, 'utf8')
  } catch {
    throw new ResourceFailure('it is gone')
  }
}

const msOf = ({ properties }: StepContext): number => Number(properties.dawdles) * 1000
const dawdle = (context: StepContext): Promise<void> => new Promise(resolve => setTimeout(resolve, msOf(context)))
const wait = (context: StepContext, cursor?: Json): Progress | undefined =>
  waitFor(() => msOf(context), cursor, context.now())

async function fill(context: StepContext): Promise<Progress> {
  const { folder, text } = context.properties
  const path = context.physicalId ?? join(folder as string, context.resource.physicalName)
  await context.setPhysicalId(path)
  await writeFile(path, text as string)
  return done({ attributes: { filled: text ?? null } })
}

export const drawerOf = (folder: string, text: unknown, more: Record<string, unknown> = {}) => ({
  type,
  properties: { folder, text, ...more },
})

export default definePlugin({
  name: '@hearth/conformance/drawer',
  apiVersion: 1,
  contributions: new ContainerModule(({ bind }) => {
    bind(ResourceType).toConstantValue(drawer)
  }),
})
