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
 * @throws Error naming the folder and the remedy when the data is out of reach for whoever may run the server.
 */
export function chooseIdentity(dataDir: string, binaries: string): Identity {
  const us = process.getuid?.()
  const owner = existsSync(dataDir) ? statSync(dataDir) : undefined
  if (us === undefined) return { kind: 'self' }
  if (us !== 0) {
    if (owner === undefined || owner.uid === us) return { kind: 'self' }
    throw new Error(
      `The database in ${dataDir} belongs to another user (${owner.uid}; Hearth was started as ${us}). Start Hearth as that user or as root, or set [DEFAULT] state_path to a folder of your own.`,
    )
  }
  // What exists keeps its owner: the server refuses data of another one.
  if (owner !== undefined) {
    const { uid, gid } = owner
    if (uid === 0) return inNamespace(dataDir)
    const closed = closedFolder(dataDir, owner) ?? closedFolder(binaries, owner)
    if (closed === undefined) return { kind: 'user', uid, gid }
    throw new Error(
      `The database in ${dataDir} belongs to user ${uid}, who may not pass ${closed}. Let others pass the folder (chmod o+x ${closed}), or set [DEFAULT] state_path and the checkout to folders that others may pass.`,
    )
  }
  const nobody = ordinaryUser()
  if (nobody === undefined) return inNamespace(dataDir)
  const closed = closedFolder(dataDir, nobody) ?? closedFolder(binaries, nobody)
  return closed === undefined ? { kind: 'user', ...nobody } : inNamespace(closed)
}

function inNamespace(folder: string): Identity {
  const [command = '', ...args] = namespaceCommand
  if (spawnSync(command, [...args, 'true'], { stdio: 'ignore' }).status === 0) return { kind: 'namespace' }
  throw new Error(
    `PostgreSQL does not run as root, no other user may pass ${folder}, and this machine forbids user namespaces. ` +
      `Start Hearth as an ordinary user, or let others pass the folder (chmod o+x ${folder}), or set [DEFAULT] state_path and the checkout to folders that others may pass, or set [database] connection.`,
  )
}

/** The first folder on the way to `path` that the user may not pass. */
function closedFolder(path: string, user: { readonly uid: number; readonly gid: number }): string | undefined {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    if (existsSync(folder)) {
      const { uid, gid, mode } = statSync(folder)
      const passable = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
      if ((mode & passable) === 0) return folder
    }
    if (folder === dirname(folder)) return undefined
  }
}

/** The server needs a user with an entry of its own, not a bare number. */
function ordinaryUser(): { uid: number; gid: number } | undefined {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  const entry = users.find(line => line.startsWith('nobody:'))?.split(':')
  return entry === undefined ? undefined : { uid: Number(entry[2]), gid: Number(entry[3]) }
}
