import type { JsonMap } from '../../plugin/index.js'

/** A resource that exists, as its row is to have it. */
export interface AdoptedResource {
  readonly name: string
  /** Null: it is not known; or the resource is a stack. */
  readonly physicalId: string | null
  readonly data: JsonMap
  readonly metadata: JsonMap
  /** Of a resource that is a stack: what that is made of. */
  readonly inside?: readonly AdoptedResource[]
}

/** Where the row of a resource that is a stack keeps what that is to be made of, until it has been. */
const key = 'hearth:adopts'

export const withAdopted = (data: JsonMap, inside: readonly AdoptedResource[] | undefined): JsonMap =>
  inside === undefined ? data : { ...data, [key]: inside as unknown as JsonMap[] }

/** The resource's own data, and what the stack inside it is to be made of. */
export function splitAdopted({ [key]: inside, ...data }: JsonMap): {
  readonly data: JsonMap
  readonly inside: readonly AdoptedResource[] | undefined
} {
  return { data, inside: inside as unknown as readonly AdoptedResource[] | undefined }
}
