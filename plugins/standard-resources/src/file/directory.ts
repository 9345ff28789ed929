import { done, type Progress, ResourceFailure, type ResourceType, type StepContext } from '@hearth/core/plugin'
import type { Surroundings } from '../namespace.js'
import { modeOf, modeText } from './content.js'
import { type Place, readId, staged } from './place.js'
import { NoFolder, Root } from './root.js'
import { modeSchema, pathSchema } from './schema.js'

/** A folder below the root that the operator gives. */
export const directory = ({ options }: Surroundings): ResourceType => {
  const root = new Root(options)

  async function create(context: StepContext): Promise<Progress> {
    const { resource, properties, stack } = context
    const place = root.place(properties.path as string, stack.project)
    const again = context.physicalId !== null
    return root.makeIn(place, async folder => {
      if (!again) {
        if ((await folder.find(place.name)) !== undefined) throw taken(place)
        await context.setPhysicalId(staged(place.id, resource.id))
      }
      await folder.makeFolder(place.name, modeOf(properties)).catch(error => {
        if (error.code !== 'EEXIST' || !again) throw error
        // An earlier call made it, and may have got no further.
        return folder.setMode(place.name, modeOf(properties))
      })
      await context.setPhysicalId(place.id)
      return made(place)
    })
  }

  async function made(place: Place): Promise<Progress> {
    return done({
      physicalId: place.id,
      reference: root.pathIn(place),
      attributes: { path: root.absolute(place), mode: await modeFound(place) },
    })
  }

  /** @throws ResourceFailure if no folder is there. */
  const modeFound = (place: Place): Promise<string> =>
    root.inFolderOf(place, async folder => {
      const found = await folder.find(place.name)
      if (found?.isDirectory() === true) return modeText(found.mode)
      throw new NoFolder(`${place.id}: there is no folder.`)
    })

  return {
    name: 'Hearth::File::Directory',
    className: 'Directory',
    description:
      'A folder below the one that the operator gives by [file] root. A folder that is there already is not taken over by a create. A delete fails while something is in the folder, unless purge says that it goes too.',
    support: { status: 'SUPPORTED' },
    properties: {
      path: pathSchema,
      mode: modeSchema('0755', '57', 'read and enter it'),
      purge: {
        type: 'boolean',
        description: 'Whether a delete removes what is in the folder, whoever has put it there.',
        default: false,
        updateAllowed: true,
      },
    },
    attributes: {
      path: { type: 'string', description: 'The absolute path on the machine of the worker.' },
      mode: { type: 'string', description: 'Its permissions, as four octal digits.' },
    },
    mendWhenFailed: true,
    validate: ({ path }) => root.check('path', path),
    validateId: (id, { project }) => root.checkId(id, project),
    create,
    async update(context) {
      const { physicalId, properties, stack } = context
      if (physicalId === null) return create(context)
      const { place, begun } = root.read(physicalId, stack.project)
      if (begun) return create(context)
      return root.makeIn(place, async folder => {
        if ((await folder.find(place.name)) === undefined) await folder.makeFolder(place.name, modeOf(properties))
        else await folder.setMode(place.name, modeOf(properties))
        return made(place)
      })
    },
    async delete({ physicalId, properties, stack, signal }) {
      if (physicalId === null) return done()
      const { place, begun } = root.read(physicalId, stack.project)
      const removed = root.inFolderOf(place, async folder => {
        if ((await folder.find(place.name))?.isDirectory() !== true) return
        // Only begun: it may be somebody else's, who was there first. An empty one is no loss.
        if (properties.purge === true && !begun) await folder.empty(place.name, signal)
        await folder.removeFolder(place.name).catch(error => {
          if (error.code !== 'ENOTEMPTY') throw error
          if (!begun) {
            throw new ResourceFailure(
              `${place.id} is not empty; remove what is in it, or set 'purge' to have it removed with the folder.`,
            )
          }
        })
      })
      await removed.catch(error => {
        if (!(error instanceof NoFolder)) throw error
      })
      return done()
    },
    async check({ physicalId, properties, stack }) {
      const { place } = root.read(physicalId, stack.project)
      const mode = await modeFound(place)
      if (properties.path !== undefined && mode !== properties.mode) {
        throw new ResourceFailure(`${place.id} has the mode ${mode}, expected ${properties.mode as string}.`)
      }
      return done()
    },
    async observe({ physicalId }) {
      const { place } = readId(physicalId ?? '')
      try {
        return { mode: await modeFound(place) }
      } catch (error) {
        if (error instanceof NoFolder) return { mode: null }
        throw error
      }
    },
    async adopt({ physicalId, stack }) {
      const { place } = root.read(physicalId, stack.project)
      return made(place)
    },
  }
}

const taken = ({ id }: Place): ResourceFailure =>
  new ResourceFailure(`${id}: something of that name is there already; it is not taken over. Import it by external_id.`)
