import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../bin/hearth.js', import.meta.url))
const ticksPerSecond = 100
const startMs = 60_000
const completeMs = 60_000
const lookMs = 10

/** A daemon of its own, on a durable database of its own, as its clients see it. */
export class BenchDaemon {
  private stacks = 0

  private constructor(
    private readonly base: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(engine: string): Promise<BenchDaemon> {
    const folder = mkdtempSync(join(tmpdir(), 'hearth-bench-'))
    const options = [
      `--DEFAULT:convergence_engine=${engine}`,
      `--DEFAULT:state_path=${folder}`,
      '--heat_api:bind_port=0',
    ]
    const child = spawn(process.execPath, [program, ...options, '--DEFAULT:max_stacks_per_tenant=-1'], {
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
    return new BenchDaemon(`${url}/v1/bench`, child, folder)
  }

  /** @returns the stack's path. */
  async create(template: object): Promise<string> {
    const name = `s${++this.stacks}`
    const response = await fetch(`${this.base}/stacks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ stack_name: name, template }),
    })
    const { stack } = (await response.json()) as { stack: { id: string } }
    return `/stacks/${name}/${stack.id}`
  }

  async complete(path: string): Promise<void> {
    const deadline = Date.now() + completeMs
    for (;;) {
      const { stack } = (await this.get(`${path}?resolve_outputs=false`)) as { stack: { stack_status: string } }
      if (stack.stack_status === 'CREATE_COMPLETE') return
      if (Date.now() > deadline || stack.stack_status === 'CREATE_FAILED')
        throw new Error(`${path} is ${stack.stack_status}`)
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
