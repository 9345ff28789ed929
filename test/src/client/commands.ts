import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** One command takes far less, also on a busy machine, unless it waits for a stack. */
const commandMs = 90_000

/**
 * The client's own code in one process, for all commands to one daemon, one after the other: see `commands.py`. It remembers where
 * the daemon is.
 */
export class Commands {
  private child: ChildProcessWithoutNullStreams | undefined
  private lines: AsyncIterator<string> | undefined
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
  }

  private async next(words: readonly string[]): Promise<Ended> {
    const child = (this.child ??= spawn(interpreter(), ['test/src/client/commands.py']))
    this.lines ??= createInterface(child.stdout)[Symbol.asyncIterator]()
    const cut = setTimeout(() => this.stop(), commandMs)
    try {
      child.stdin.write(`${JSON.stringify(words)}\n`)
      const { value, done } = await this.lines.next()
      if (done === true) throw new Error(`openstack ${words.join(' ')} did not end within ${commandMs / 1000} s`)
      return JSON.parse(value as string) as Ended
    } finally {
      clearTimeout(cut)
    }
  }
}

/** The Python that the client was installed for. */
function interpreter(): string {
  const script = execFileSync('which', ['openstack'], { encoding: 'utf8' }).trim()
  return /^#! *(\S+)/.exec(readFileSync(script, 'utf8'))?.[1] ?? 'python3'
}
