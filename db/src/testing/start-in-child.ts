import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'

/** A process of its own that starts the server of a state folder, for tests of what its end does to the server. */
export interface Starter {
  readonly child: ChildProcess
  /** `up`, or what the process said when it gave up. */
  readonly outcome: Promise<string>
  /** Ends the process in the orderly way, server first. */
  stop(): Promise<void>
}

export function startInChild(stateDir: string, options: Pick<SpawnOptions, 'uid' | 'gid' | 'env'> = {}): Starter {
  const entry = new URL('../embedded/index.js', import.meta.url).href
  const code = `const { EmbeddedPostgres } = await import(${JSON.stringify(entry)})
    try {
      const server = await EmbeddedPostgres.start({ stateDir: ${JSON.stringify(stateDir)}, durable: false })
      process.stdin.once('end', () => server.stop().then(() => process.exit(0))).resume()
      console.log('up')
    } catch (error) {
      console.log(error.message)
      process.exit(1)
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    ...options,
  })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  child.stdin?.on('error', () => undefined)
  let said = ''
  const outcome = new Promise<string>(resolve => {
    child.stdout?.on('data', chunk => {
      said += chunk
      if (said.endsWith('\n')) resolve(said.trim())
    })
    void ended.then(() => resolve(said.trim()))
  })
  return {
    child,
    outcome,
    async stop() {
      child.stdin?.end()
      await ended
    },
  }
}
