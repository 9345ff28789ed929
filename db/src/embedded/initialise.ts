import { randomBytes } from 'node:crypto'
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Identity } from './identity.js'
import { makerOf, paths } from './layout.js'
import { runAs } from './run.js'

/** Whether a database lies there, whole: it gets its name only when it is. */
export const isInitialised = (stateDir: string): boolean => existsSync(join(paths(stateDir).data, 'PG_VERSION'))

/**
 * Makes the database of a state folder. Killed half way, or run by two at once, it leaves either no database or a whole
 * one: the password is written once, and kept; the data is made aside and renamed.
 * @throws Error naming the folder
 */
export function initialise(stateDir: string, native: string, identity: Identity, durable: boolean): void {
  const { data, password, unfinishedData: fresh, unfinishedPassword: forInitdb } = paths(stateDir)
  discardUnfinished(stateDir)
  const secret = ownPassword(password)
  try {
    mkdirSync(fresh, { mode: 0o700 })
    writeFileSync(forInitdb, secret, { mode: 0o600 })
    if (identity.kind === 'user') {
      chownSync(fresh, identity.uid, identity.gid)
      chownSync(forInitdb, identity.uid, identity.gid)
    }
    const options = ['-U', 'hearth', '-A', 'scram-sha-256', `--pwfile=${forInitdb}`, '-E', 'UTF8', '--locale=C']
    // A locale of its own making needs nothing from the system; PostgreSQL 15 does not know it yet.
    const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    const initdb = join(native, 'bin', 'initdb')
    const run = (more: string[]) =>
      runAs(identity, [initdb, '-D', fresh, ...options, ...more, ...(durable ? [] : ['--no-sync'])])
    let result = run(locale)
    if (result.status !== 0 && /locale.provider/.test(result.stderr)) result = run([])
    if (result.status !== 0) {
      const why = result.stderr?.trim() || result.error?.message || 'initdb failed'
      throw new Error(`The database in ${data} could not be made: ${why}`)
    }
    install(fresh, stateDir, durable)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
    rmSync(forInitdb, { force: true })
  }
}

function install(fresh: string, stateDir: string, durable: boolean): void {
  const { data } = paths(stateDir)
  try {
    renameSync(fresh, data)
  } catch (error) {
    // Another process was faster; its database has the same password.
    if (isInitialised(stateDir)) return
    throw new Error(
      `The database in ${data} could not be made, since something else lies there (${(error as Error).message}). Move it away, or set [DEFAULT] state_path to another folder.`,
    )
  }
  if (!durable) return
  const folder = openSync(stateDir, 'r')
  fsyncSync(folder)
  closeSync(folder)
}

/** The password of the state folder, made at the first call. */
function ownPassword(file: string): string {
  try {
    const made = openSync(file, 'wx', 0o600)
    writeSync(made, `${randomBytes(24).toString('base64url')}\n`)
    fsyncSync(made)
    closeSync(made)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const secret = readFileSync(file, 'utf8').trim()
  if (secret !== '') return secret
  // Cut off in the moment between making and writing: no database has this password yet.
  rmSync(file)
  return ownPassword(file)
}

/** What a process left that was killed while it made a database. */
function discardUnfinished(stateDir: string): void {
  for (const entry of readdirSync(stateDir)) {
    const maker = makerOf(entry)
    if (maker === undefined || (maker !== process.pid && isAlive(maker))) continue
    // An initdb that outlived its maker may still be writing; then the next start discards the rest.
    try {
      rmSync(join(stateDir, entry), { recursive: true, force: true })
    } catch {}
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
