import type { StackRow } from '@hearth/db'
import type { JsonMap } from '../../plugin/index.js'
import { type Incarnation, untouched } from '../../resource/incarnation.js'
import type { StackServices } from '../services.js'
import { currentNamed } from './current.js'

/** The metadata of a resource's definition, and what its type shows beside it. @throws ResourceNotFound */
export async function showMetadata(services: StackServices, stack: StackRow, name: string): Promise<JsonMap> {
  return metadataOf((await currentNamed(services, stack, name)).incarnation, stack, services)
}

/** The same of one that is at hand. */
export async function metadataOf(
  incarnation: Incarnation,
  stack: Pick<StackRow, 'project'>,
  { types }: Pick<StackServices, 'types'>,
): Promise<JsonMap> {
  if (untouched(incarnation)) return incarnation.metadata
  return { ...incarnation.metadata, ...(await types.find(incarnation.type)?.metadata?.(incarnation, stack)) }
}
