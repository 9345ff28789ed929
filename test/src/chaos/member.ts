import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Daemon, type DaemonInput } from '@hearth/conformance'
import type { Fates } from './fates.js'

/** Milliseconds until a service manager starts a daemon again that did not start or has ended. */
const restartMs = 300
/** Attempts to start a daemon, at most: the database may be away for some of them. */
const mostStarts = 40

/** A daemon of the cluster with a place of its own: whatever becomes of its process, another one follows. */
export class Member {
  readonly problems: string[] = []
  starts = 0
  private daemon: Daemon | undefined
  private starting: Promise<void> | undefined
  /** The end of the process was asked for. */
  private asked = false
  private over = false

  constructor(
    readonly name: string,
    private readonly input: DaemonInput,
    private readonly folder: string,
    private readonly fates: Fates,
  ) {}

  /** The process that is up, and not about to be changed. */
  get up(): Daemon | undefined {
    return this.starting === undefined && !this.asked ? this.daemon : undefined
  }

  /** Where it answers, even if it is held in its tracks; undefined: it does not run. */
  get address(): string | undefined {
    const { process, url } = this.daemon ?? {}
    return process?.exitCode === null && process.signalCode === null ? url : undefined
  }

  /** Starts a process and keeps at it until it is ready. */
  start(): Promise<void> {
    this.starting ??= this.keepStarting().finally(() => {
      this.starting = undefined
    })
    return this.starting
  }

  private async keepStarting(): Promise<void> {
    const stateDir = join(this.folder, this.name)
    mkdirSync(stateDir, { recursive: true })
    for (let tries = 1; !this.over; tries++) {
      try {
        const daemon = await Daemon.start({ ...this.input, stateDir })
        this.starts += 1
        this.daemon = daemon
        this.asked = false
        this.fates.began(daemon, this.name)
        daemon.process.once('exit', (code, signal) => this.ended(daemon, code, signal))
        return
      } catch (error) {
        if (tries === mostStarts) throw error
        await new Promise(resolve => setTimeout(resolve, restartMs))
      }
    }
  }

  private ended(daemon: Daemon, code: number | null, signal: string | null): void {
    // What a process had sent may still arrive; it is nobody's work any more.
    this.fates.doubt(daemon)
    appendFileSync(join(this.folder, `${this.name}.log`), `-- process ${daemon.process.pid}\n${daemon.log}`)
    if (/A promise was rejected and nobody looked/.test(daemon.log))
      this.problems.push(`${this.name} (${daemon.process.pid}) has lost a rejected promise`)
    if (this.asked || this.over) return
    const last = daemon.log.trim().split('\n').slice(-3).join('\n  ')
    this.problems.push(`${this.name} (${daemon.process.pid}) has ended by itself (${code ?? signal}):\n  ${last}`)
    this.asked = true
    this.start().catch(error => this.problems.push(`${this.name} does not start: ${(error as Error).message}`))
  }

  /** Ends the process, one way or the other, and starts the next after a while. */
  async restart(signal: 'SIGTERM' | 'SIGKILL', afterMs: number): Promise<void> {
    const daemon = this.up
    if (daemon === undefined) return
    this.asked = true
    if (signal === 'SIGKILL') this.fates.doubt(daemon)
    await daemon.end(signal)
    await new Promise(resolve => setTimeout(resolve, afterMs))
    await this.start()
  }

  /** Holds the process in its tracks. */
  async pause(ms: number): Promise<void> {
    const daemon = this.up
    if (daemon === undefined) return
    this.asked = true
    this.fates.doubt(daemon)
    daemon.signal('SIGSTOP')
    await new Promise(resolve => setTimeout(resolve, ms))
    daemon.signal('SIGCONT')
    this.fates.trust(daemon)
    this.asked = false
  }

  /** Ends it for good; no other process follows. */
  async destroy(): Promise<void> {
    this.over = true
    await this.starting?.catch(() => undefined)
    await this.daemon?.end('SIGKILL')
  }

  /** The same while our own process ends and cannot wait. */
  kill(): void {
    this.over = true
    const child = this.daemon?.process
    if (child?.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  }
}
