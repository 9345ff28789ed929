import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Api } from './api.js'
import { daemonCommand, manageCommand } from './settings.js'
import { emptyFolder, newState } from './state.js'
import { until } from './until.js'

export interface DaemonInput {
  /** `convergence_engine`, as an operator would write it. */
  readonly engine: string
  /** Further options: `{ 'DEFAULT:stack_action_timeout': '5' }`. */
  readonly options?: Readonly<Record<string, string>>
  /** Of its process, beside ours. */
  readonly env?: Readonly<Record<string, string>>
  /** Folder of an earlier daemon's state, to start on what it left. */
  readonly stateDir?: string
  /** An engine that every stack is moved to as soon as a case has seen it settled. */
  readonly moveTo?: string
}

const readyMs = 60_000
const stopMs = 12_000
/** A run of the operator's tool is cut off after so long. */
const toolMs = 60_000

/** A run that is broken off takes its daemons along. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A real daemon process on a free port, with state of its own. */
export class Daemon {
  private constructor(
    /** Empty: a worker that answers no requests. */
    readonly url: string,
    readonly stateDir: string,
    readonly process: ChildProcess,
    /** The options it was started with, those of the kit apart. */
    readonly given: Readonly<Record<string, string>>,
    private readonly engine: string,
    private readonly moveTo: string | undefined,
    private readonly output: () => string,
  ) {}

  static async start({ engine, options = {}, env = {}, stateDir, moveTo }: DaemonInput): Promise<Daemon> {
    // One whose database is elsewhere has none of its own.
    const folder = stateDir ?? ('database:connection' in options ? emptyFolder() : newState(options['DEFAULT:plugins']))
    const given = {
      'DEFAULT:convergence_engine': engine,
      'DEFAULT:state_path': folder,
      'heat_api:bind_port': '0',
      ...options,
    }
    const [program = '', ...args] = daemonCommand()
    const child = spawn(program, [...args, ...Object.entries(given).map(([name, value]) => `--${name}=${value}`)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    running.add(child)
    child.once('exit', () => running.delete(child))
    let text = ''
    child.stdout?.on('data', chunk => (text += chunk))
    child.stderr?.on('data', chunk => (text += chunk))
    try {
      const url = await until('the daemon to say that it is ready', readyMs, async () => {
        const end = child.exitCode ?? child.signalCode
        if (end !== null) throw new Error(`the daemon exited with ${end}:\n${text}`)
        if (text.includes('Hearth is ready to work')) return ''
        return /ready at (http:\/\/[^/\s]+)/.exec(text)?.[1]
      })
      return new Daemon(url, folder, child, options, engine, moveTo, () => text)
    } catch (error) {
      child.kill('SIGKILL')
      if (stateDir === undefined) rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** What it has logged so far. */
  get log(): string {
    return this.output()
  }

  api(project = 'demo'): Api {
    const { moveTo } = this
    return new Api(`${this.url}/v1/${project}`, moveTo === undefined ? undefined : stack => this.move(stack.id, moveTo))
  }

  private async move(stack: string, engine: string): Promise<void> {
    const { code, output } = await this.manage('migrate-convergence', stack, '--to', engine, '--wait')
    if (code !== 0) throw new Error(`a stack could not be moved to ${engine}: ${output}`)
  }

  /** Starts the operator's tool with this daemon's configuration. */
  startTool(args: readonly string[]): ChildProcess {
    const [program = '', ...first] = manageCommand()
    const options = Object.entries({
      'DEFAULT:convergence_engine': this.engine,
      'DEFAULT:state_path': this.stateDir,
      ...this.given,
    })
    return spawn(program, [...first, ...args, ...options.map(([name, value]) => `--${name}=${value}`)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  /** The same, to its end. @returns its exit code, null after a signal, and all that it printed. */
  async manage(...args: string[]): Promise<{ code: number | null; output: string }> {
    const tool = this.startTool(args)
    let output = ''
    tool.stdout?.on('data', chunk => (output += chunk))
    tool.stderr?.on('data', chunk => (output += chunk))
    const ended = new Promise<void>(resolve => tool.once('close', () => resolve()))
    const cut = setTimeout(() => tool.kill('SIGKILL'), toolMs)
    await ended
    clearTimeout(cut)
    return { code: tool.exitCode, output }
  }

  /** The options with which another daemon shares this one's database. */
  shared(): Record<string, string> {
    const [program = '', ...args] = manageCommand()
    const url = execFileSync(program, [...args, 'db', 'url', `--DEFAULT:state_path=${this.stateDir}`], {
      encoding: 'utf8',
    })
    return {
      'database:connection': url.trim(),
      'DEFAULT:auth_encryption_key': readFileSync(join(this.stateDir, 'encryption.key'), 'utf8').trim(),
    }
  }

  /** Stops the process in its tracks, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.process.kill(signal)
  }

  /** Sends a signal and waits for the end. @returns the exit code; null after a kill. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill(signal)
      await until(`the daemon to end after ${signal}`, stopMs, async () =>
        this.process.exitCode !== null || this.process.signalCode !== null ? true : undefined,
      )
    }
    return this.process.exitCode
  }

  /** Ends it and removes its state. */
  async remove(): Promise<void> {
    await this.end()
    rmSync(this.stateDir, { recursive: true, force: true })
  }
}
