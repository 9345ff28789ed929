import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Under whose name the server runs: PostgreSQL refuses root. */
export type Identity =
  /** The ordinary user that we are. */
  | { readonly kind: 'self' }
  /** Another user of this machine. */
  | { readonly kind: 'user'; readonly uid: number; readonly gid: number }
  /** Root, in a user namespace in which it is somebody else. */
  | { readonly kind: 'namespace' }

/** What `unshare` needs to run a command as an ordinary user of a namespace. */
export const namespaceCommand: readonly string[] = ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--']

/**
 * @throws Error naming the folder and the remedy when root can reach the data in neither way.
 */
export function chooseIdentity(dataDir: string, binaries: string): Identity {
  if (process.getuid?.() !== 0) return { kind: 'self' }
  if (existsSync(dataDir)) {
    // What exists keeps its owner: the server refuses data of another one.
    const { uid, gid } = statSync(dataDir)
    return uid === 0 ? inNamespace(dataDir) : { kind: 'user', uid, gid }
  }
  const nobody = ordinaryUser()
  const closed = closedFolder(dataDir) ?? closedFolder(binaries)
  if (nobody !== undefined && closed === undefined) return { kind: 'user', ...nobody }
  return inNamespace(closed ?? dataDir)
}

function inNamespace(folder: string): Identity {
  const [command = '', ...args] = namespaceCommand
  if (spawnSync(command, [...args, 'true'], { stdio: 'ignore' }).status === 0) return { kind: 'namespace' }
  throw new Error(
    `PostgreSQL does not run as root, no other user may pass ${folder}, and this machine forbids user namespaces. ` +
      `Start Hearth as an ordinary user, or let others pass the folder (chmod o+x ${folder}), or set [DEFAULT] state_path and the checkout to folders that others may pass, or set [database] connection.`,
  )
}

/** The first folder on the way to `path` that other users may not pass. */
function closedFolder(path: string): string | undefined {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return folder
    if (folder === dirname(folder)) return undefined
  }
}

/** The server needs a user with an entry of its own, not a bare number. */
function ordinaryUser(): { uid: number; gid: number } | undefined {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  const entry = users.find(line => line.startsWith('nobody:'))?.split(':')
  return entry === undefined ? undefined : { uid: Number(entry[2]), gid: Number(entry[3]) }
}
