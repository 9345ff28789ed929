import { type StackRow, stacks } from '@hearth/db'
import type { JsonMap } from '../../plugin/index.js'
import { type Incarnation, untouched } from '../../resource/rows/incarnation.js'
import type { StackServices } from '../services.js'
import { currentNamed } from './current.js'

/** The metadata of a resource's definition, and what its type shows beside it. @throws ResourceNotFound */
export async function showMetadata(services: StackServices, stack: StackRow, name: string): Promise<JsonMap> {
  return metadataOf((await currentNamed(services, stack, name)).incarnation, stack, services)
}

/** The same of one that is at hand. */
export async function metadataOf(
  incarnation: Incarnation,
  { project }: Pick<StackRow, 'project'>,
  { types, db }: Pick<StackServices, 'types' | 'db'>,
): Promise<JsonMap> {
  const { metadata: own, id } = incarnation
  const type = types.find(incarnation.type)
  if (untouched(incarnation) || type?.metadata === undefined) return own
  const [inside] = type.children === undefined ? [] : await stacks.ofResources(db, [id])
  return { ...own, ...(await type.metadata(incarnation, { project, ...(inside === undefined ? {} : { inside }) })) }
}
