import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** One command takes far less, also on a busy machine, unless it waits for a stack. */
const commandMs = 60_000

/**
 * The client's own code in one process, for all commands to one daemon, one after the other: see `commands.py`. It remembers where
 * the daemon is.
 */
export class Commands {
  private child: ChildProcessWithoutNullStreams | undefined
  private lines: AsyncIterator<string> | undefined
  /** What it says of itself. */
  private complaints = ''
  private last: Promise<unknown> = Promise.resolve()

  run(words: readonly string[]): Promise<Ended> {
    const ended = this.last.then(() => this.next(words))
    this.last = ended.catch(() => undefined)
    return ended
  }

  /** The next command starts another one. */
  stop(): void {
    this.child?.kill('SIGKILL')
    this.child = undefined
    this.lines = undefined
    this.complaints = ''
  }

  private start(): ChildProcessWithoutNullStreams {
    const child = spawn(interpreter(), ['test/src/client/commands.py'])
    child.stderr.on('data', text => (this.complaints += text))
    // That it is gone is told by its output, which ends.
    child.stdin.on('error', () => undefined)
    return child
  }

  private async next(words: readonly string[]): Promise<Ended> {
    const child = (this.child ??= this.start())
    this.lines ??= createInterface(child.stdout)[Symbol.asyncIterator]()
    const cut = setTimeout(() => child.kill('SIGKILL'), commandMs)
    try {
      child.stdin.write(`${JSON.stringify(words)}\n`)
      const { value, done } = await this.lines.next()
      if (done !== true) return JSON.parse(value as string) as Ended
      const { complaints } = this
      this.stop()
      throw new Error(`openstack ${words.join(' ')} died, or did not end within ${commandMs / 1000} s: ${complaints}`)
    } finally {
      clearTimeout(cut)
    }
  }
}

/** The Python that the client was installed for. */
function interpreter(): string {
  const script = execFileSync('which', ['openstack'], { encoding: 'utf8' }).trim()
  return /^#!.*?(\S+)\s*$/m.exec(readFileSync(script, 'utf8'))?.[1] ?? 'python3'
}
