import { type ChildProcess, spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { ResourceFailure } from '@hearth/core/plugin'
import { Tail } from './tail.js'

/** A program to run. */
export interface Command {
  /** Its absolute path. */
  readonly program: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly folder: string
  readonly input: string
  readonly timeoutSeconds: number
  readonly maxOutputBytes: number
}

/** How it has ended. */
export interface Ended {
  /** Its exit code; 128 and the number of the signal that ended it. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** It did not end in time. */
class TimedOut extends ResourceFailure {}

/** From the request to end until the end, in milliseconds. */
const graceMs = 1_500
/** What was written may be read for so long after the end, in milliseconds. */
const drainMs = 1_000

/**
 * Runs the program in a process group of its own, which dies with the daemon: descriptor 3 is a pipe that nobody writes
 * to, and that ends when the daemon does. What the program leaves running in its group is killed when it has ended.
 */
const keeper = `
exec 4<&0 </dev/null
trap : TERM
"$@" <&4 3<&- 4<&- &
program=$!
(trap '' TERM; read _; kill -KILL 0) <&3 >/dev/null 2>&1 4<&- &
watch=$!
exec 3<&- 4<&-
while :; do
  wait $program
  code=$?
  kill -0 $program 2>/dev/null || break
done
kill -KILL $watch
exit $code
`

/**
 * Runs a program to its end. @param signal ends it: the group is asked to end, and killed after a while.
 * @throws TimedOut; ResourceFailure if it cannot be started; what the signal was aborted with.
 */
export async function run(command: Command, signal: AbortSignal): Promise<Ended> {
  signal.throwIfAborted()
  const { program, args, environment, folder, input, timeoutSeconds, maxOutputBytes } = command
  const child = started(program, args, folder, environment)
  const stdout = new Tail(maxOutputBytes)
  const stderr = new Tail(maxOutputBytes)
  child.stdout.on('data', chunk => stdout.add(chunk as Buffer))
  child.stderr.on('data', chunk => stderr.add(chunk as Buffer))
  for (const stream of [child.stdin, child.stdio[3] as Writable]) stream.on('error', () => undefined)
  child.stdin.end(input)

  let late = false
  let kill: NodeJS.Timeout | undefined
  const end = (): void => {
    signalGroup(child, 'SIGTERM')
    kill ??= setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs)
  }
  const timer = setTimeout(() => {
    late = true
    end()
  }, timeoutSeconds * 1000)
  signal.addEventListener('abort', end)
  try {
    const code = await endOf(child)
    signal.throwIfAborted()
    if (late) throw new TimedOut(`it did not end within ${timeoutSeconds} s, and was killed`)
    return { code, stdout: stdout.text, stderr: stderr.text }
  } finally {
    signal.removeEventListener('abort', end)
    clearTimeout(timer)
    clearTimeout(kill)
  }
}

function started(program: string, args: readonly string[], cwd: string, env: Command['environment']) {
  try {
    return spawn('/bin/sh', ['-c', keeper, 'hearth', program, ...args], {
      cwd,
      env,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    })
  } catch (error) {
    // Such as E2BIG. The error itself holds arguments and environment, and goes no further.
    throw notStarted(error)
  }
}

const notStarted = (error: unknown): ResourceFailure =>
  new ResourceFailure(`it cannot be started (${(error as NodeJS.ErrnoException).code}).`)

/** Waits for the end, takes the rest of the group along, and reads what is left to read. */
function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', error => {
      reject(notStarted(error))
    })
    child.once('exit', (code, killedBy) => {
      signalGroup(child, 'SIGKILL')
      const drained = setTimeout(() => {
        for (const stream of child.stdio) stream?.destroy()
      }, drainMs)
      child.once('close', () => {
        clearTimeout(drained)
        resolve(code ?? (killedBy === 'SIGKILL' ? 137 : 143))
      })
      child.stdio[3]?.destroy()
    })
  })
}

function signalGroup({ pid }: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    // Nobody of the group is left; or nobody who is the daemon's, where a program has changed its user.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}
