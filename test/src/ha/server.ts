import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { until } from '@hearth/conformance'

const stopMs = 15_000
const lastLines = 12

/** Whose name the servers run under: PostgreSQL refuses root. */
export interface User {
  readonly uid: number
  readonly gid: number
}

/** The user that we are or, for root, the one of the Debian package. */
export function ordinaryUser(): User {
  const uid = process.getuid?.() ?? 0
  if (uid !== 0) return { uid, gid: process.getgid?.() ?? uid }
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'))
    .find(([name]) => name === 'postgres')
  if (entry === undefined) throw new Error('There is no user postgres: PostgreSQL does not run as root')
  return { uid: Number(entry[2]), gid: Number(entry[3]) }
}

/** One server process, in a process group of its own: Ctrl-C reaches us first, and we stop it when it is its turn. */
export class ServerProcess {
  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    private readonly logFile: string,
  ) {}

  static start(name: string, command: readonly string[], user: User, logFile: string): ServerProcess {
    const [program = '', ...args] = command
    const log = openSync(logFile, 'a')
    try {
      const child = spawn(program, args, {
        ...(process.getuid?.() === 0 ? user : {}),
        cwd: '/',
        detached: true,
        env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C.UTF-8', HOME: '/nonexistent' },
        stdio: ['ignore', log, log],
      })
      child.on('error', () => undefined)
      return new ServerProcess(name, child, logFile)
    } finally {
      closeSync(log)
    }
  }

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null
  }

  /** Waits until `look` finds something, as long as the process lives. @throws Error with the end of its log */
  async ready<T>(what: string, deadlineMs: number, look: () => Promise<T | undefined>): Promise<T> {
    try {
      return await until(what, deadlineMs, async () => {
        if (!this.running) throw new Error(`${this.name} has ended`)
        return look()
      })
    } catch (error) {
      const log = readFileSync(this.logFile, 'utf8').trim().split('\n').slice(-lastLines).join('\n')
      throw new Error(`${(error as Error).message}; ${this.name} says:\n${log}`)
    }
  }

  /** With all that it has started and that stayed in its group. */
  kill(): void {
    const { pid } = this.child
    if (!this.running || pid === undefined) return
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }

  /** Asks it to end; after a while it is killed. */
  async stop(): Promise<void> {
    if (!this.running) return
    const ended = new Promise<void>(resolve => this.child.once('exit', () => resolve()))
    this.child.kill('SIGTERM')
    const late = setTimeout(() => this.kill(), stopMs)
    await ended
    clearTimeout(late)
  }
}
