import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { findBinaries } from './binaries.js'
import { chooseIdentity, type Identity, namespaceCommand } from './identity.js'

export interface EmbeddedInput {
  /** Folder of the data, the password and the server's log. */
  readonly stateDir: string
  /** 0, the default: any free port. */
  readonly port?: number
  /** False only for tests: a crash of the machine loses data. */
  readonly durable?: boolean
  /** npm package with the binaries; default: the platform's. */
  readonly binaries?: string
}

const startDeadlineMs = 30_000
const stopDeadlineMs = 8_000
/** A server whose daemon was killed needs a moment to end. */
const dyingMs = 5_000

/**
 * Runs PostgreSQL as long as the pipe on its standard input is held, so that it ends with us whatever ends us.
 * It stands in a process group of its own: Ctrl-C reaches the daemon first, which stops the server when it is done.
 */
const watchdog =
  'exec 3<&0; "$@" </dev/null 3<&- & p=$!; trap "" INT TERM HUP; (read _ <&3; kill -INT $p) & exec 3<&-; wait $p'

const paths = (stateDir: string) => ({
  data: join(stateDir, 'postgres'),
  password: join(stateDir, 'postgres.password'),
  log: join(stateDir, 'postgres.log'),
})

/** A PostgreSQL of our own, on a loopback port, under a state folder. */
export class EmbeddedPostgres {
  /** Resolves when the server has ended; true if nobody asked for it. */
  readonly ended: Promise<boolean>
  private stopping = false

  private constructor(
    readonly url: string,
    readonly port: number,
    private readonly child: ChildProcess,
  ) {
    child.stdin?.on('error', () => undefined)
    this.ended = new Promise(resolve => {
      child.once('exit', () => {
        child.stdin?.destroy()
        resolve(!this.stopping)
      })
    })
  }

  /** @throws Error naming the folder and what to do, e.g. when another daemon uses it. */
  static async start(input: EmbeddedInput): Promise<EmbeddedPostgres> {
    const { stateDir, durable = true } = input
    const { data, password, log } = paths(stateDir)
    await waitForDying(stateDir)
    const native = findBinaries(input.binaries)
    mkdirSync(stateDir, { recursive: true })
    const identity = chooseIdentity(data, native)
    if (!existsSync(join(data, 'PG_VERSION'))) initialise(stateDir, native, identity, durable)

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
    ]
    const command = [join(native, 'bin', 'postgres'), '-D', data, ...settings.flatMap(setting => ['-c', setting])]
    const out = openSync(log, 'a')
    const child = spawnAs(identity, ['sh', '-c', watchdog, 'postgres', ...command], out)
    closeSync(out)
    const url = urlOf(port, readFileSync(password, 'utf8').trim())
    const server = new EmbeddedPostgres(url, port, child)
    try {
      await ready(url, server.ended, log)
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
    if (how === 'late' && this.child.pid !== undefined) process.kill(-this.child.pid, 'SIGKILL')
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
  const pid = Number(lines[0])
  const port = Number(lines[3])
  if (!Number.isInteger(pid) || !isServer(pid, data) || !existsSync(password)) return undefined
  return { url: urlOf(port, readFileSync(password, 'utf8').trim()), pid }
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
    if (Date.now() > deadline) {
      throw new Error(
        `Another daemon uses the database in ${stateDir} (PostgreSQL process ${other.pid}). Stop it first, or give this one a state_path of its own.`,
      )
    }
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

function initialise(stateDir: string, native: string, identity: Identity, durable: boolean): void {
  const { data, password } = paths(stateDir)
  const secret = randomBytes(24).toString('base64url')
  const forInitdb = join(stateDir, `postgres.init-${process.pid}`)
  writeFileSync(forInitdb, secret, { mode: 0o600 })
  try {
    mkdirSync(data, { mode: 0o700 })
    if (identity.kind === 'user') {
      chownSync(data, identity.uid, identity.gid)
      chownSync(forInitdb, identity.uid, identity.gid)
    }
    const options = ['-U', 'hearth', '-A', 'scram-sha-256', `--pwfile=${forInitdb}`, '-E', 'UTF8', '--locale=C']
    // A locale of its own making needs nothing from the system; PostgreSQL 15 does not know it yet.
    const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    const initdb = join(native, 'bin', 'initdb')
    const run = (more: string[]) =>
      runAs(identity, [initdb, '-D', data, ...options, ...more, ...(durable ? [] : ['--no-sync'])])
    let result = run(locale)
    if (result.status !== 0 && /locale.provider/.test(result.stderr)) result = run([])
    if (result.status !== 0) {
      throw new Error(
        `The database in ${data} could not be made: ${result.stderr.trim() || result.error?.message || 'initdb failed'}`,
      )
    }
    rmSync(password, { force: true })
    writeFileSync(password, `${secret}\n`, { mode: 0o600 })
    chmodSync(password, 0o600)
  } catch (error) {
    rmSync(data, { recursive: true, force: true })
    throw error
  } finally {
    rmSync(forInitdb, { force: true })
  }
}

const commandAs = (identity: Identity, command: readonly string[]): readonly string[] =>
  identity.kind === 'namespace' ? [...namespaceCommand, ...command] : command
const ids = (identity: Identity) => (identity.kind === 'user' ? { uid: identity.uid, gid: identity.gid } : {})
const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' }

function runAs(identity: Identity, command: readonly string[]) {
  const [program = '', ...args] = commandAs(identity, command)
  return spawnSync(program, args, { ...ids(identity), cwd: '/', env: environment, encoding: 'utf8' })
}

function spawnAs(identity: Identity, command: readonly string[], out: number): ChildProcess {
  const [program = '', ...args] = commandAs(identity, command)
  return spawn(program, args, {
    ...ids(identity),
    cwd: '/',
    env: environment,
    detached: true,
    stdio: ['pipe', out, out],
  })
}

/** Waits until the server answers and has our database. */
async function ready(url: string, ended: Promise<boolean>, log: string): Promise<void> {
  let over = false
  void ended.then(() => {
    over = true
  })
  const deadline = Date.now() + startDeadlineMs
  for (;;) {
    const client = new pg.Client({ connectionString: url.replace(/\/hearth$/, '/postgres') })
    client.on('error', () => undefined)
    try {
      await client.connect()
      const found = await client.query(`SELECT 1 FROM pg_database WHERE datname = 'hearth'`)
      if (found.rowCount === 0) await client.query('CREATE DATABASE hearth')
      return
    } catch (error) {
      if (over || Date.now() > deadline) {
        const tail = readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n  ')
        throw new Error(`PostgreSQL did not start (${(error as Error).message}); its log ${log} ends with:\n  ${tail}`)
      }
      await new Promise(resolve => setTimeout(resolve, 30))
    } finally {
      await client.end().catch(() => undefined)
    }
  }
}

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
