import {
  done,
  type JsonMap,
  type Progress,
  ResourceFailure,
  type ResourceType,
  type StepContext,
  Unknown,
} from '@hearth/core/plugin'
import type { Surroundings } from '../namespace.js'
import { bytesOf, digest, modeOf, modeText, contentOf } from './content.js'
import type { Folder } from './folder.js'
import { type Place, readId, staged } from './place.js'
import { modeSchema, pathSchema } from './schema.js'
import { NoFolder, Root } from './root.js'

/** What is read of a file to tell its digests or what has become of it, in bytes. */
const mostRead = 16 * 1024 * 1024

/** A file below the root that the operator gives. */
export const file = ({ options }: Surroundings): ResourceType => {
  const root = new Root(options)

  /** Writes the file beside its place first, so that others see it whole or not at all. */
  async function create(context: StepContext): Promise<Progress> {
    const { resource, properties, stack } = context
    const place = root.place(properties.path as string, stack.project)
    const draft = staged(place.name, resource.id)
    return root.makeIn(place, async folder => {
      if (context.physicalId === null) {
        if ((await folder.find(place.name)) !== undefined) throw taken(place)
        await context.setPhysicalId(staged(place.id, resource.id))
      }
      // A second name is given to it only if nobody has the name; once it has it, an earlier call got so far.
      if (context.physicalId !== place.id && !(await folder.same(draft, place.name))) {
        await folder.write(draft, bytesOf(properties), modeOf(properties))
        context.signal.throwIfAborted()
        await folder.link(draft, place.name).catch(async error => {
          await folder.remove(draft)
          throw error.code === 'EEXIST' ? taken(place) : error
        })
      }
      await context.setPhysicalId(place.id).catch(async error => {
        // Somebody else has the step by now, and may have deleted already what it made: nothing of this call stays.
        if (await folder.same(draft, place.name)) await folder.remove(place.name)
        await folder.remove(draft)
        throw error
      })
      await folder.remove(draft)
      return made(folder, place)
    })
  }

  async function made(folder: Folder, place: Place): Promise<Progress> {
    const found = await folder.read(place.name, mostRead)
    if (found === undefined) throw new ResourceFailure(`${place.id}: there is no file.`)
    const { bytes, stats } = found
    const whole = bytes.length === stats.size
    return done({
      physicalId: place.id,
      reference: root.pathIn(place),
      attributes: {
        path: root.absolute(place),
        size: stats.size,
        mode: modeText(stats.mode),
        sha256: whole ? digest(bytes) : null,
        sha512: whole ? digest(bytes, 'sha512') : null,
      },
    })
  }

  return {
    name: 'Hearth::File::File',
    className: 'File',
    description:
      'A file with given content, below the folder that the operator gives by [file] root. It is written whole or not at all. What is there already is not overwritten by a create.',
    support: { status: 'SUPPORTED' },
    properties: {
      path: pathSchema,
      content: { type: 'string', description: 'What the file holds.', default: '', secret: true, updateAllowed: true },
      encoding: {
        type: 'string',
        description: 'How content is written: as text, which the file holds in UTF-8, or as Base64.',
        default: 'utf-8',
        constraints: [{ allowed_values: ['utf-8', 'base64'] }],
        updateAllowed: true,
      },
      mode: modeSchema('0644', '4567', 'read it'),
    },
    attributes: {
      path: { type: 'string', description: 'The absolute path on the machine of the worker.' },
      size: { type: 'integer', description: 'Bytes that it holds.' },
      mode: { type: 'string', description: 'Its permissions, as four octal digits.' },
      sha256: { type: 'string', description: 'SHA-256 of what it holds, in hexadecimal.' },
      sha512: { type: 'string', description: 'SHA-512 of what it holds, in hexadecimal.' },
    },
    mendWhenFailed: true,
    validate(properties) {
      root.check('path', properties.path)
      if (!Unknown.within([properties.content, properties.encoding])) bytesOf(properties as JsonMap)
    },
    validateId: (id, { project }) => root.checkId(id, project),
    create,
    async update(context) {
      const { physicalId, properties, resource, stack } = context
      if (physicalId === null) return create(context)
      const { place, begun } = root.read(physicalId, stack.project)
      if (begun) return create(context)
      return root.makeIn(place, async folder => {
        const draft = staged(place.name, resource.id)
        await folder.write(draft, bytesOf(properties), modeOf(properties))
        await folder.rename(draft, place.name).catch(async error => {
          await folder.remove(draft)
          throw error
        })
        return made(folder, place)
      })
    },
    async delete({ physicalId, resource, stack }) {
      if (physicalId === null) return done()
      const { place, begun } = root.read(physicalId, stack.project)
      const draft = staged(place.name, resource.id)
      const removed = root.inFolderOf(place, async folder => {
        const own = begun ? await folder.same(draft, place.name) : (await folder.find(place.name))?.isFile() === true
        if (own) await folder.remove(place.name)
        await folder.remove(draft)
      })
      await removed.catch(unlessNoFolder)
      return done()
    },
    async check({ physicalId, properties, stack }) {
      const { place } = root.read(physicalId, stack.project)
      const found = await root.inFolderOf(place, folder => folder.read(place.name, mostRead))
      if (found === undefined) throw new ResourceFailure(`${place.id}: there is no file.`)
      // One that was imported has no properties: that it is there is all that is known of it.
      if (properties.path === undefined) return done()
      const expected = bytesOf(properties)
      if (!found.bytes.equals(expected)) {
        throw new ResourceFailure(
          `${place.id} holds something else: its SHA-256 is ${digest(found.bytes)}, expected ${digest(expected)}.`,
        )
      }
      const mode = modeText(found.stats.mode)
      if (mode !== properties.mode) {
        throw new ResourceFailure(`${place.id} has the mode ${mode}, expected ${properties.mode as string}.`)
      }
      return done()
    },
    async observe({ physicalId, properties }) {
      const { place } = readId(physicalId ?? '')
      const found = await root.inFolderOf(place, folder => folder.read(place.name, mostRead)).catch(unlessNoFolder)
      // What is gone is written again, in the same place: nothing has to be replaced for that.
      if (found === undefined) return { content: null, mode: null }
      return { content: contentOf(found.bytes, properties), mode: modeText(found.stats.mode) }
    },
    async adopt({ physicalId, stack }) {
      const { place } = root.read(physicalId, stack.project)
      return root.inFolderOf(place, folder => made(folder, place))
    },
  }
}

const taken = ({ id }: Place): ResourceFailure =>
  new ResourceFailure(
    `${id}: something of that name is there already; it is not overwritten. Import it by external_id.`,
  )

function unlessNoFolder(error: unknown): undefined {
  if (!(error instanceof NoFolder)) throw error
  return undefined
}
