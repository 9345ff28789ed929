import { ResourceFailure } from '@hearth/core/plugin'

/** Where something lies below the root. */
export interface Place {
  /** Its path from the root, which is its physical id. */
  readonly id: string
  /** The folders that lead to it, from the root on. */
  readonly folders: readonly string[]
  readonly name: string
}

/** What a name may take, in bytes, so that one with a mark at its end is still a name. */
const longestName = 200
/** Of names in a path. */
const deepest = 64
const mark = '.hearth-'

/**
 * Reads a path below the root. @param path parts joined by slashes.
 * @throws ResourceFailure if it is empty, absolute, or leads anywhere but down.
 */
export function placeOf(path: string, project?: string): Place {
  const parts = [...(project === undefined ? [] : [project]), ...path.replace(/\/$/, '').split('/')]
  const wrong = parts.find(part => !isName(part))
  if (wrong !== undefined || parts.length > deepest) {
    throw new ResourceFailure(
      `the path '${path}' is not allowed; expected a path below the root, at most ${deepest} names of at most ${longestName} bytes joined by slashes, without '.', '..' and a slash in front.`,
    )
  }
  return { id: parts.join('/'), folders: parts.slice(0, -1), name: parts.at(-1) as string }
}

const isName = (part: string): boolean =>
  part !== '' &&
  part !== '.' &&
  part !== '..' &&
  !part.includes('/') &&
  !part.includes('\0') &&
  !part.includes(mark) &&
  Buffer.byteLength(part) <= longestName

/**
 * What is being made has the name that it will have, with a mark of its maker at the end. So an id always names what is
 * its resource's own: before the last step, that is not yet what others can see.
 */
export const staged = (name: string, resource: string): string => `${name}${mark}${resource}`

/** The place that a physical id stands for, and whether it had only been begun there. */
export function readId(id: string): { readonly place: Place; readonly begun: boolean } {
  const at = id.lastIndexOf(mark)
  return { place: placeOf(at < 0 ? id : id.slice(0, at)), begun: at >= 0 }
}
