import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { definePlugin, done, type Progress, ResourceType, type StepContext } from '@hearth/core/plugin'
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
    dawdles: { type: 'number', description: 'Seconds from an update or a snapshot to its answer.', default: 0 },
  },
  attributes: { filled: { description: 'What it was filled with.' } },
  create: fill,
  async update(context) {
    const progress = await fill(context)
    await dawdle(context)
    return progress
  },
  async snapshot(context) {
    const copy = await readFile(context.physicalId as string, 'utf8')
    await dawdle(context)
    return done({ data: { copy } })
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

const dawdle = ({ properties }: StepContext): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, Number(properties.dawdles) * 1000))

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
