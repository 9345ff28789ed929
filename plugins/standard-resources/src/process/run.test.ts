import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
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

  it('that cannot be started says so', async () => {
    expect(await failure(run(command('', { folder: '/no/such/folder' }), never))).to.include({
      message: 'it cannot be started (ENOENT).',
    })
    expect(await run(command('kill -9 $$'), never)).to.include({ code: 137 })
  })

  it('is ended with all that it has started: in time, when it is given up, and what it leaves behind', async () => {
    const tree = 'sleep 1000 & echo $! ; (trap "" TERM; sleep 1001 & echo $!; wait) & echo $!;'
    const pids: number[] = []
    const stop = new AbortController()
    const caught = async (more: string, signal: AbortSignal, timeoutSeconds: number): Promise<unknown> => {
      const file = `/tmp/hearth-run-${process.pid}-${pids.length}`
      const failed = await failure(run(command(`{ ${tree} } > ${file}; ${more}`, { timeoutSeconds }), signal))
      pids.push(...readFileSync(file, 'utf8').trim().split('\n').map(Number))
      await run(command(`rm ${file}`), never)
      return failed
    }
    const late = caught('wait', never, 0.3)
    expect(await late).to.include({ message: 'it did not end within 0.3 s, and was killed' })
    const given = caught('wait', stop.signal, 30)
    setTimeout(() => stop.abort(new Error('given up')), 300)
    expect(await given).to.include({ message: 'given up' })
    expect(await caught('exit 0', never, 30)).to.equal(undefined)
    expect(pids).to.have.length(9)
    for (const pid of pids) await gone(pid)
  })

  it('dies with the daemon, however that dies', async () => {
    const code = `
      import { run } from ${JSON.stringify(fileURLToPath(new URL('run.js', import.meta.url)))}
      const script = 'sleep 1000 & echo $$ $! >&9; wait'
      await run({ program: '/bin/sh', args: ['-c', script.replace('>&9', '> ' + process.argv[1])], environment: process.env,
        folder: '/', input: '', timeoutSeconds: 60, maxOutputBytes: 10 }, new AbortController().signal)`
    const file = `/tmp/hearth-daemon-${process.pid}`
    const daemon = spawn(process.execPath, ['--input-type=module', '-e', code, file], { stdio: 'ignore' })
    const pids = await untilWritten(file)
    daemon.kill('SIGKILL')
    for (const pid of pids) await gone(pid)
    await run(command(`rm ${file}`), never)
  })
})

async function untilWritten(file: string): Promise<number[]> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const ended = await run(command(`cat ${file} 2>/dev/null`), never)
    const pids = ended.stdout.trim().split(' ').map(Number)
    if (pids.length === 2) return pids
    if (Date.now() > deadline) throw new Error('the program did not start within 20 s')
  }
}
