import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { type Command, run } from './run.js'

const command = (script: string, more: Partial<Command> = {}): Command => ({
  program: '/bin/sh',
  args: ['-c', script],
  environment: { PATH: process.env.PATH ?? '' },
  folder: '/',
  input: '',
  timeoutSeconds: 30,
  maxOutputBytes: 1000,
  ...more,
})
const never = new AbortController().signal
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

/** Whether a process is there that has not ended. */
function lives(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
async function gone(pid: number): Promise<void> {
  const deadline = Date.now() + 10_000
  while (lives(pid)) {
    if (Date.now() > deadline) throw new Error(`process ${pid} is still there after 10 s`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

describe('a program', () => {
  it('gets its arguments as they are, its input, its environment and its folder', async () => {
    const ended = await run(
      command('', {
        args: ['-c', 'cat; printf "%s|" "$@" "$A" "$PWD" >&2; exit 7', 'sh', '$HOME', "it's; `x`"],
        input: 'in\n',
        environment: { A: 'b c' },
        folder: '/tmp',
      }),
      never,
    )
    expect(ended).to.deep.equal({ code: 7, stdout: 'in\n', stderr: "$HOME|it's; `x`|b c|/tmp|" })
  })

  it('leaves the last of what it wrote, and may leave its input unread', async () => {
    const { code, stdout } = await run(
      command('i=0; while [ $i -lt 2000 ]; do echo "é$i"; i=$((i+1)); done', {
        input: 'x'.repeat(1_000_000),
        maxOutputBytes: 6,
      }),
      never,
    )
    expect([code, stdout]).to.deep.equal([0, '1999\n'])
  })

  it('may write what is no text', async () => {
    const { stdout } = await run(command(String.raw`printf 'a\377\000b'`), never)
    expect(stdout).to.equal('a\ufffd\0b')
  })

  it('that cannot be started says so', async () => {
    expect(await failure(run(command('', { folder: '/no/such/folder' }), never))).to.include({
      message: 'it cannot be started (ENOENT).',
    })
    const tooMuch = await failure(run(command('', { args: ['secret'.repeat(1_000_000)] }), never))
    expect(tooMuch).to.include({ message: 'it cannot be started (E2BIG).' })
    expect(JSON.stringify(tooMuch)).not.to.include('secret')
    expect(await run(command('kill -9 $$'), never)).to.include({ code: 137 })
  })

  it('is ended with all that it has started: in time, when it is given up, and what it leaves behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'run-'))
    const file = join(folder, 'pids')
    const tree = `{ sleep 1000 & echo $! ; (trap "" TERM; sleep 1001 & echo $!; wait) & echo $!; } > ${file};`
    const allGone = async (): Promise<void> => {
      for (const pid of await untilWritten(file, 3)) await gone(pid)
      rmSync(file)
    }
    try {
      // On a busy machine a short time may be over before all of them are there.
      for (let timeoutSeconds = 0.3; pidsIn(file).length < 3; timeoutSeconds *= 2) {
        expect(await failure(run(command(`${tree} wait`, { timeoutSeconds }), never))).to.include({
          message: `it did not end within ${timeoutSeconds} s, and was killed`,
        })
      }
      await allGone()

      const stop = new AbortController()
      const given = failure(run(command(`${tree} wait`), stop.signal))
      await untilWritten(file, 3)
      stop.abort(new Error('given up'))
      expect(await given).to.include({ message: 'given up' })
      await allGone()

      const ends = `while [ "$(wc -l < ${file})" -lt 3 ]; do sleep 0.01; done; exit 0`
      expect(await run(command(`${tree} ${ends}`), never)).to.include({ code: 0 })
      await allGone()
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('dies with the daemon, however that dies', async () => {
    const code = `
      import { run } from ${JSON.stringify(fileURLToPath(new URL('run.js', import.meta.url)))}
      const script = 'sleep 1000 & echo $$ $! >&9; wait'
      await run({ program: '/bin/sh', args: ['-c', script.replace('>&9', '> ' + process.argv[1])], environment: process.env,
        folder: '/', input: '', timeoutSeconds: 60, maxOutputBytes: 10 }, new AbortController().signal)`
    const file = `/tmp/hearth-daemon-${process.pid}`
    const daemon = spawn(process.execPath, ['--input-type=module', '-e', code, file], { stdio: 'ignore' })
    const pids = await untilWritten(file, 2)
    daemon.kill('SIGKILL')
    for (const pid of pids) await gone(pid)
    await run(command(`rm ${file}`), never)
  })
})

const pidsIn = (file: string): number[] =>
  existsSync(file) ? (readFileSync(file, 'utf8').match(/\d+(?=\s)/g) ?? []).map(Number) : []

async function untilWritten(file: string, count: number): Promise<number[]> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const pids = pidsIn(file)
    if (pids.length === count) return pids
    if (Date.now() > deadline) throw new Error(`${count} processes did not start within 20 s`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
