import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { done, type Progress, ResourceFailure, type ResourceType, type StepContext } from '@hearth/core/plugin'

/** A text file in a folder of the host. Another folder makes another file, and then removes the old one. */
export const note: ResourceType = {
  name: 'Acme::Disk::Note',
  className: 'Note',
  description: 'A text file in a folder of the host.',
  support: { status: 'SUPPORTED' },
  properties: {
    folder: { type: 'string', description: 'An existing folder.', required: true },
    text: { type: 'string', description: 'What the file holds.', default: '', updateAllowed: true },
  },
  attributes: { path: { description: 'Where the file lies.', type: 'string' } },
  create: write,
  update: write,
  async delete({ physicalId }) {
    if (physicalId !== null) await rm(physicalId, { force: true })
    return done()
  },
}

/** Called a second time, after a crash, it writes the same into the same file. */
async function write(context: StepContext): Promise<Progress> {
  const { properties, resource } = context
  const path = context.physicalId ?? join(properties.folder as string, `${resource.physicalName}.txt`)
  // Known before the file is there: whatever happens now, a delete finds it.
  await context.setPhysicalId(path)
  try {
    await writeFile(path, properties.text as string, { signal: context.signal })
  } catch (error) {
    throw new ResourceFailure(`cannot write ${path}: ${(error as Error).message}`)
  }
  return done({ attributes: { path } })
}
