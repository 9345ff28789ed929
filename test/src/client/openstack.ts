import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import type { Body, Daemon } from '@hearth/conformance'
import { Commands } from './commands.js'

const run = promisify(execFile)
/** One command takes a second or two, unless it waits for a stack. */
const commandMs = 60_000

/** Whether the client that people have, python-openstackclient with python-heatclient, is on this machine. */
export const installed = spawnSync('openstack', ['stack', 'list', '--help'], { stdio: 'ignore' }).status === 0

/** That client, of the users of one daemon; its suite ends it. */
export class OpenStack {
  private readonly commands = new Commands()

  constructor(private readonly daemon: () => Daemon) {
    after(() => this.commands.stop())
  }

  /** @returns what a command prints. @throws Error with its `stderr` if it fails */
  async run(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.commands.run(this.arguments(words))
    if (code === 0) return stdout
    throw Object.assign(new Error(`openstack ${words.join(' ')} ended with ${code}: ${stderr}`), {
      code,
      stdout,
      stderr,
    })
  }

  /** The same in a process of its own, as people start it. */
  async start(...words: string[]): Promise<string> {
    return (await run('openstack', this.arguments(words), { timeout: commandMs })).stdout
  }

  async json(...words: string[]): Promise<Body> {
    return JSON.parse(await this.run(...words, '-f', 'json'))
  }

  /** Begins a command that does not end by itself. */
  begin(...words: string[]): ChildProcess {
    // Python keeps to itself what it prints into a pipe, until it is much.
    const env = { ...process.env, PYTHONUNBUFFERED: '1' }
    return spawn('openstack', this.arguments(words), { stdio: ['ignore', 'pipe', 'ignore'], env })
  }

  private arguments(words: readonly string[]): string[] {
    return ['--os-auth-type', 'none', '--os-endpoint', `${this.daemon().url}/v1/demo`, ...words]
  }
}
