import type { ChildProcess } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { findBinaries } from './binaries.js'
import { chooseIdentity } from './identity.js'
import { initialise, isInitialised } from './initialise.js'
import { killFamily } from './kill-family.js'
import { paths } from './layout.js'
import { spawnAs } from './run.js'

export interface EmbeddedInput {
  /** Folder of the data, the password and the server's log. */
  readonly stateDir: string
  /** 0, the default: any free port. */
  readonly port?: number
  /** False only for tests: a crash of the machine loses data. */
  readonly durable?: boolean
  /** npm package with the binaries; default: the platform's. */
  readonly binaries?: string
  /** Further settings of the server, each as `name=value`. */
  readonly settings?: readonly string[]
}

const startDeadlineMs = 30_000
const stopDeadlineMs = 8_000
/** A server whose daemon was killed needs a moment to end. */
const dyingMs = 5_000

/** invalid_password */
const wrongPassword = '28P01'

/** A PostgreSQL of our own, on a loopback port, under a state folder. */
export class EmbeddedPostgres {
  /** Resolves when the server has ended; true if nobody asked for it. */
  readonly ended: Promise<boolean>
  private stopping = false
  /** Why there is no process at all. */
  private spawnError: Error | undefined

  private constructor(
    readonly url: string,
    readonly port: number,
    private readonly child: ChildProcess,
  ) {
    child.stdin?.on('error', () => undefined)
    // It ends with us by itself, unless it stands still.
    const kill = (): void => this.kill()
    process.once('exit', kill)
    this.ended = new Promise(resolve => {
      const end = (): void => {
        child.stdin?.destroy()
        process.removeListener('exit', kill)
        resolve(!this.stopping)
      }
      child.once('exit', end)
      child.once('error', error => {
        this.spawnError = error
        end()
      })
    })
  }

  /** @throws Error naming the folder and what to do, e.g. when another daemon uses it. */
  static async start(input: EmbeddedInput): Promise<EmbeddedPostgres> {
    const { stateDir, durable = true } = input
    const { data, log } = paths(stateDir)
    await waitForDying(stateDir)
    const native = findBinaries(input.binaries)
    mkdirSync(stateDir, { recursive: true })
    const identity = chooseIdentity(data, native)
    if (!isInitialised(stateDir)) initialise(stateDir, native, identity, durable)
    const secret = readPassword(stateDir)

    const port = input.port === undefined || input.port === 0 ? await freePort() : input.port
    const settings = [
      'listen_addresses=127.0.0.1',
      `port=${port}`,
      'unix_socket_directories=',
      'max_connections=200',
      'timezone=UTC',
      'log_timezone=UTC',
      'jit=off',
      ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
      ...(input.settings ?? []),
    ]
    const command = [join(native, 'bin', 'postgres'), '-D', data, ...settings.flatMap(setting => ['-c', setting])]
    // PostgreSQL logs the rows that it refuses: nobody else's business.
    const out = openSync(log, 'a', 0o600)
    const child = spawnAs(identity, command, out)
    closeSync(out)
    const server = new EmbeddedPostgres(urlOf(port, secret), port, child)
    try {
      await server.ready(stateDir)
    } catch (error) {
      await server.stop()
      throw error
    }
    return server
  }

  /** Ends all sessions and the server; twice is fine. */
  async stop(): Promise<void> {
    this.stopping = true
    this.child.stdin?.end()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>(resolve => {
      timer = setTimeout(() => resolve('late'), stopDeadlineMs)
    })
    const how = await Promise.race([this.ended, late])
    clearTimeout(timer)
    if (how === 'late') this.kill()
  }

  /** Ends all its processes at once, also where they stand still: nothing that was committed is lost. */
  kill(): void {
    this.stopping = true
    if (this.child.pid !== undefined) killFamily(this.child.pid)
  }

  /** Waits until the server answers and has our database. */
  private async ready(stateDir: string): Promise<void> {
    let over = false
    void this.ended.then(() => {
      over = true
    })
    const deadline = Date.now() + startDeadlineMs
    for (;;) {
      const client = new pg.Client({ connectionString: this.url.replace(/\/hearth$/, '/postgres') })
      client.on('error', () => undefined)
      try {
        await client.connect()
        const found = await client.query(`SELECT 1 FROM pg_database WHERE datname = 'hearth'`)
        if (found.rowCount === 0) await client.query('CREATE DATABASE hearth')
        return
      } catch (error) {
        if (over || Date.now() > deadline) throw this.startError(stateDir, error as Error)
        if ((error as { code?: string }).code === wrongPassword) {
          const { data, password } = paths(stateDir)
          throw new Error(
            `The database in ${data} refuses the password in ${password}. Put the one back that it was made with.`,
          )
        }
        await new Promise(resolve => setTimeout(resolve, 30))
      } finally {
        await client.end().catch(() => undefined)
      }
    }
  }

  private startError(stateDir: string, error: Error): Error {
    const other = runningServer(stateDir)
    if (other !== undefined) return taken(stateDir, other.pid)
    const { log } = paths(stateDir)
    const tail = readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n  ')
    const why = (this.spawnError ?? error).message
    return new Error(`PostgreSQL did not start (${why}); its log ${log} ends with:\n  ${tail}`)
  }
}

/** The address of a server that runs on this state folder, if one does. */
export function runningServer(stateDir: string): { readonly url: string; readonly pid: number } | undefined {
  const { data, password } = paths(stateDir)
  let lines: string[]
  try {
    lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return undefined
  }
  const [pid, folder = '', , port] = [Number(lines[0]), lines[1], lines[2], Number(lines[3])]
  if (!Number.isInteger(pid) || !Number.isInteger(port) || !isServer(pid, folder) || !existsSync(password))
    return undefined
  return { url: urlOf(port, readPassword(stateDir)), pid }
}

/** @throws Error naming the file and the remedy */
function readPassword(stateDir: string): string {
  const { data, password } = paths(stateDir)
  try {
    return readFileSync(password, 'utf8').trim()
  } catch (error) {
    throw new Error(
      `The password of the database in ${data} cannot be read (${(error as Error).message}). Start Hearth as the user who made the database, or put the file back from a backup.`,
    )
  }
}

/** A stale file may name a process that is somebody else by now. */
function isServer(pid: number, data: string): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(data)
  } catch {
    return true
  }
}

async function waitForDying(stateDir: string): Promise<void> {
  const deadline = Date.now() + dyingMs
  for (let other = runningServer(stateDir); other !== undefined; other = runningServer(stateDir)) {
    if (Date.now() > deadline) throw taken(stateDir, other.pid)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

const taken = (stateDir: string, pid: number): Error =>
  new Error(
    `Another daemon uses the database in ${stateDir} (PostgreSQL process ${pid}). Stop it first, or give this one a state_path of its own.`,
  )

const urlOf = (port: number, password: string): string => `postgresql://hearth:${password}@127.0.0.1:${port}/hearth`

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
