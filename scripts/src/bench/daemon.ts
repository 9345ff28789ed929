import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { plugins as pluginsOption } from '@hearth/config'

const program = fileURLToPath(new URL('../../bin/hearth.js', import.meta.url))
const tool = fileURLToPath(new URL('../../bin/hearth-manage.js', import.meta.url))
const ticksPerSecond = 100
const startMs = 60_000
const settledMs = 120_000
const key = 'one key for all daemons of a run'
/** The quotas of the daemon are not what is measured. */
const unlimited = [
  'max_stacks_per_tenant=-1',
  'max_resources_per_stack=-1',
  'max_json_body_size=100000000',
  'max_template_size=100000000',
]
const lookMs = 10

/** A daemon of its own, on a durable database of its own, as its clients see it. */
export class BenchDaemon {
  private stacks = 0

  private constructor(
    private readonly base: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly options: readonly string[],
  ) {}

  /**
   * @param database its URL; daemons that are given the same one share the work.
   * @param plugins beside Hearth's own.
   */
  static async start(engine: string, database: string, plugins: readonly string[] = []): Promise<BenchDaemon> {
    const folder = mkdtempSync(join(tmpdir(), 'hearth-bench-'))
    const options = [
      `--DEFAULT:convergence_engine=${engine}`,
      `--DEFAULT:plugins=${[...pluginsOption.default, ...plugins].join(',')}`,
      `--DEFAULT:state_path=${folder}`,
      `--database:connection=${database}`,
      `--DEFAULT:auth_encryption_key=${key}`,
      '--heat_api:bind_port=0',
      ...unlimited.map(name => `--DEFAULT:${name}`),
    ]
    const child = spawn(program, options, {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const url = await new Promise<string>((resolve, reject) => {
      let text = ''
      const late = setTimeout(() => reject(new Error('the daemon did not start')), startMs)
      child.once('exit', code => reject(new Error(`the daemon exited with ${code}`)))
      child.stdout?.on('data', chunk => {
        text = (text + chunk).slice(-10_000)
        const ready = /ready at (http:\/\/[^/\s]+)/.exec(text)?.[1]
        if (ready === undefined) return
        clearTimeout(late)
        resolve(ready)
      })
    })
    return new BenchDaemon(`${url}/v1/bench`, child, folder, options)
  }

  /** Runs the operator's tool on the same database. @returns what it printed. @throws Error unless it exits with 0 */
  async manage(...args: string[]): Promise<string> {
    const child = spawn(process.execPath, [tool, ...args, ...this.options], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.on('data', chunk => (text += chunk))
    const code = await new Promise<number | null>(resolve => child.once('close', resolve))
    if (code !== 0) throw new Error(`hearth-manage exited with ${code}: ${text.slice(-1000)}`)
    return text
  }

  /** @returns the stack's path. */
  async create(template: object): Promise<string> {
    const name = `s${++this.stacks}`
    const response = await fetch(`${this.base}/stacks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ stack_name: name, template }),
    })
    if (response.status !== 201) throw new Error(`create of ${name}: ${response.status} ${await response.text()}`)
    const { stack } = (await response.json()) as { stack: { id: string } }
    return `/stacks/${name}/${stack.id}`
  }

  async update(path: string, template: object): Promise<void> {
    const response = await fetch(`${this.base}${path}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ template }),
    })
    if (response.status !== 202) throw new Error(`update of ${path}: ${response.status}`)
  }

  async delete(path: string): Promise<void> {
    await fetch(`${this.base}${path}`, { method: 'DELETE' })
  }

  async complete(path: string, action = 'CREATE'): Promise<void> {
    const deadline = Date.now() + settledMs
    for (;;) {
      const { stack } = (await this.get(`${path}?resolve_outputs=false`)) as {
        stack: { stack_status: string; stack_status_reason: string }
      }
      if (stack.stack_status === `${action}_COMPLETE`) return
      if (Date.now() > deadline || stack.stack_status.endsWith('_FAILED'))
        throw new Error(`${path} is ${stack.stack_status}: ${stack.stack_status_reason}`)
      await new Promise(resolve => setTimeout(resolve, lookMs))
    }
  }

  async get(path: string): Promise<unknown> {
    return (await fetch(`${this.base}${path}`)).json()
  }

  /** Of the daemon's process, the database apart. */
  usage(): { cpuSeconds: number; rssMegabytes: number } {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8')
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
      rssMegabytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
    }
  }

  async remove(): Promise<void> {
    const ended = new Promise(resolve => this.child.once('exit', resolve))
    this.child.kill('SIGTERM')
    await ended
    rmSync(this.folder, { recursive: true, force: true })
  }
}
