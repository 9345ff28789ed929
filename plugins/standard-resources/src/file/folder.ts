import { constants, type Stats } from 'node:fs'
import { type FileHandle, link, lstat, mkdir, open, readdir, readlink, rename, rmdir, unlink } from 'node:fs/promises'
import { ResourceFailure } from '@hearth/core/plugin'

/**
 * An open folder at or below the root. What is done in it happens in that very folder, even if others meanwhile put a
 * link in the place of it or of one of those above: names are looked up from its descriptor, never from the root again.
 */
export class Folder {
  private constructor(
    private readonly handle: FileHandle,
    /** Where the root really is. */
    private readonly root: string,
  ) {}

  /** Opens the folder at the end of `names`, does something in it and closes it. @throws what the file system says. */
  static async at<T>(root: string, names: readonly string[], work: (folder: Folder) => Promise<T>): Promise<T> {
    const handle = await openFolder(root).catch(() => {
      throw new ResourceFailure('the folder that [file] root names is not there, or may not be opened by the daemon.')
    })
    let folder = new Folder(handle, await pathOf(handle))
    try {
      for (const name of names) {
        const next = await folder.enter(name)
        await folder.close()
        folder = next
      }
      return await work(folder)
    } finally {
      await folder.close()
    }
  }

  /** Opens a folder in this one. A link may lead to it, as long as it does not lead out of the root. */
  private async enter(name: string, flags = 0): Promise<Folder> {
    const handle = await openFolder(this.path(name), flags)
    const real = await pathOf(handle)
    if (real === this.root || real.startsWith(this.root === '/' ? '/' : `${this.root}/`)) {
      return new Folder(handle, this.root)
    }
    await handle.close()
    throw new ResourceFailure(`'${name}' is a link that leads out of the root; that is not allowed.`)
  }

  /** What stands there, a link being a link; undefined: nothing. */
  async find(name: string): Promise<Stats | undefined> {
    return orNothing(lstat(this.path(name)))
  }

  /** Whether two names are one file. */
  async same(one: string, other: string): Promise<boolean> {
    const [a, b] = [await this.find(one), await this.find(other)]
    return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev
  }

  /** The first `most` bytes of a file; undefined: there is none of that name, or it is something else. */
  async read(name: string, most: number): Promise<{ bytes: Buffer; stats: Stats } | undefined> {
    const stats = await this.find(name)
    if (stats?.isFile() !== true) return undefined
    const handle = await orNothing(
      open(this.path(name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK),
    )
    if (handle === undefined) return undefined
    try {
      const bytes = Buffer.alloc(Math.min(most, Number(stats.size)))
      let length = 0
      while (length < bytes.length) {
        const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length)
        if (bytesRead === 0) break
        length += bytesRead
      }
      return { bytes: bytes.subarray(0, length), stats: await handle.stat() }
    } finally {
      await handle.close()
    }
  }

  /** Writes a file to the disk, whatever of that name was there. */
  async write(name: string, bytes: Buffer, mode: number): Promise<void> {
    await this.remove(name)
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
    const handle = await open(this.path(name), flags, 0o600)
    try {
      await handle.writeFile(bytes)
      await handle.chmod(mode)
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  /** Gives a file a second name. @throws EEXIST if something of that name is there. */
  async link(from: string, to: string): Promise<void> {
    await link(this.path(from), this.path(to))
    await this.sync()
  }

  /** Puts a file in the place of another one, at once. */
  async rename(from: string, to: string): Promise<void> {
    await rename(this.path(from), this.path(to))
    await this.sync()
  }

  /** @throws EEXIST if something of that name is there. */
  async makeFolder(name: string, mode: number): Promise<void> {
    await mkdir(this.path(name))
    await this.setMode(name, mode)
    await this.sync()
  }

  /** Of a folder in this one. */
  async setMode(name: string, mode: number): Promise<void> {
    const handle = await openFolder(this.path(name), constants.O_NOFOLLOW)
    try {
      await handle.chmod(mode)
    } finally {
      await handle.close()
    }
  }

  /** Removes a file or a link; that there is none is fine. */
  async remove(name: string): Promise<void> {
    await orNothing(unlink(this.path(name)))
  }

  /** Removes a folder. @throws ENOTEMPTY if something is in it */
  async removeFolder(name: string): Promise<void> {
    await orNothing(rmdir(this.path(name)))
  }

  /** Removes all that is in a folder in this one; links are removed, not followed. */
  async empty(name: string, signal: AbortSignal): Promise<void> {
    const inner = await this.enter(name, constants.O_NOFOLLOW)
    try {
      for (const entry of await readdir(inner.path('.'), { withFileTypes: true })) {
        signal.throwIfAborted()
        if (!entry.isDirectory()) await inner.remove(entry.name)
        else {
          await inner.empty(entry.name, signal)
          await inner.removeFolder(entry.name)
        }
      }
    } finally {
      await inner.close()
    }
  }

  /** A path to this very folder, good for as long as it is open, also for a process that is started. */
  get here(): string {
    return this.path('.')
  }

  private path(name: string): string {
    return `/proc/self/fd/${this.handle.fd}/${name}`
  }

  /** That names are there, or gone, survives a loss of power. */
  private sync(): Promise<void> {
    return this.handle.sync()
  }

  private close(): Promise<void> {
    return this.handle.close()
  }
}

const openFolder = (path: string, flags = 0): Promise<FileHandle> =>
  open(path, constants.O_RDONLY | constants.O_DIRECTORY | flags)

const pathOf = (handle: FileHandle): Promise<string> => readlink(`/proc/self/fd/${handle.fd}`)

async function orNothing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
