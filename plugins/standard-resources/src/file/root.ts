import { join } from 'node:path'
import { type MaybeUnknown, type Options, PropertyFailure, ResourceFailure } from '@hearth/core/plugin'
import { Folder } from './folder.js'
import { root, shareRoot } from './options.js'
import { type Place, placeOf, readId } from './place.js'

/** The one folder that the operator gives to stacks. */
export class Root {
  constructor(private readonly options: Options) {}

  /** @throws ResourceFailure if the operator has given none. */
  get path(): string {
    const path = this.options.get(root)
    if (path !== undefined) return path
    throw new ResourceFailure(
      'files and folders are off: the operator has set no [file] root, the folder that they would lie in.',
    )
  }

  /** Where a project's path leads to. @throws ResourceFailure if the path is not allowed, or nobody's */
  place(path: string, project: string): Place {
    if (this.options.get(shareRoot)) return placeOf(path)
    // Not what is the same to `placeOf`: the root itself.
    if (project === undefined) throw new ResourceFailure(`'${path}' is the path of no project.`)
    return placeOf(path, project)
  }

  /** Of a property that holds a path. @throws PropertyFailure if there is no root, or the path is not allowed */
  check(property: string, path: MaybeUnknown | undefined): void {
    try {
      void this.path
      if (typeof path === 'string') this.place(path, 'project')
    } catch (error) {
      throw ResourceFailure.is(error) ? new PropertyFailure(property, error.message) : error
    }
  }

  /** Of an id that the user gives. @throws ResourceFailure if there is no root, or the project may not use what lies there */
  checkId(id: string, project: string): void {
    void this.path
    this.read(id, project)
  }

  /** The path as the project writes it. */
  pathIn({ id, folders }: Place): string {
    return this.options.get(shareRoot) ? id : id.slice((folders[0] ?? '').length + 1)
  }

  /**
   * What a physical id stands for; of what was to be adopted it is a word of the user's.
   * @throws ResourceFailure if the project may not use what lies there.
   */
  read(physicalId: string | null, project: string): ReturnType<typeof readId> {
    const told = readId(physicalId ?? '')
    const { id, folders } = told.place
    if (this.options.get(shareRoot) || folders[0] === project) return told
    throw new ResourceFailure(`'${id}' is not of this project; expected a path that begins with '${project}/'.`)
  }

  /** The path on this machine. */
  absolute({ id }: Place): string {
    return join(this.path, id)
  }

  /** Does something in the folder that a place is in. @throws ResourceFailure that says what is in the way. */
  async inFolderOf<T>({ id, folders }: Place, work: (folder: Folder) => Promise<T>): Promise<T> {
    try {
      return await Folder.at(this.path, folders, work)
    } catch (error) {
      throw explained(error, id)
    }
  }

  /** The same, for what is going to be made there: the folder of a project is made when it is needed first. */
  async makeIn<T>(place: Place, work: (folder: Folder) => Promise<T>): Promise<T> {
    const own = this.options.get(shareRoot) ? undefined : place.folders[0]
    if (own !== undefined) {
      await this.inFolderOf({ id: own, folders: [], name: own }, async folder => {
        if ((await folder.find(own)) === undefined) await folder.makeFolder(own, 0o755).catch(ignoreIfThere)
      })
    }
    return this.inFolderOf(place, work)
  }
}

/** Nothing is there because a folder above it is gone. */
export class NoFolder extends ResourceFailure {}

const reasons: Readonly<Record<string, string>> = {
  ENOTEMPTY: 'there is something in it',
  EACCES: 'the daemon may not do that',
  EPERM: 'the daemon may not do that',
  EEXIST: 'something of that name is there',
  EISDIR: 'a folder is in its place',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EROFS: 'the disk takes no changes',
  ELOOP: 'a link is in its place',
}

function explained(error: unknown, id: string): unknown {
  if (ResourceFailure.is(error)) return error
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new NoFolder(`${id}: one of the folders that lead to it is not there, or is no folder.`)
  }
  if (code === undefined || syscall === undefined) return error
  return new ResourceFailure(`${id}: ${reasons[code] ?? `${syscall} answers ${code}`}.`)
}

function ignoreIfThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
