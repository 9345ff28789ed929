import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { EmbeddedPostgres, runningServer } from './index.js'

const asRoot = process.getuid?.() === 0

describe('the embedded PostgreSQL', () => {
  const folders: string[] = []
  const folder = (mode = 0o755): string => {
    const made = mkdtempSync(join(tmpdir(), 'hearth embedded '))
    chmodSync(made, mode)
    folders.push(made)
    return made
  }
  after(() => {
    for (const one of folders) rmSync(one, { recursive: true, force: true })
  })

  it('starts in an empty folder, is found there, and stops', async () => {
    const stateDir = join(folder(), 'state')
    const server = await EmbeddedPostgres.start({ stateDir, durable: false })
    expect(runningServer(stateDir)?.url).to.equal(server.url)
    expect(statSync(join(stateDir, 'postgres.password')).mode & 0o777).to.equal(0o600)
    await server.stop()
    await server.stop()
    expect(await server.ended).to.equal(false)
    expect(runningServer(stateDir)).to.equal(undefined)
  })

  it('refuses a folder that another one uses, and says so', async () => {
    const stateDir = join(folder(), 'state')
    const server = await EmbeddedPostgres.start({ stateDir, durable: false })
    const second = await EmbeddedPostgres.start({ stateDir, durable: false }).catch(error => (error as Error).message)
    expect(second).to.match(/Another daemon uses the database in .*state_path/)
    await server.stop()
  })

  it('ends with the process that started it, also when that is killed', async () => {
    const stateDir = join(folder(), 'state')
    const entry = new URL('./index.js', import.meta.url).href
    const code = `const { EmbeddedPostgres } = await import(${JSON.stringify(entry)})
      await EmbeddedPostgres.start({ stateDir: ${JSON.stringify(stateDir)}, durable: false })
      console.log('up')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise(resolve => child.stdout.once('data', resolve))
    expect(runningServer(stateDir)).not.to.equal(undefined)
    child.kill('SIGKILL')
    const deadline = Date.now() + 5_000
    while (runningServer(stateDir) !== undefined && Date.now() < deadline)
      await new Promise(resolve => setTimeout(resolve, 20))
    expect(runningServer(stateDir)).to.equal(undefined)
    // And what it left is no obstacle.
    const again = await EmbeddedPostgres.start({ stateDir, durable: false })
    await again.stop()
  })

  it('works for root under a folder that nobody else may pass', async function () {
    if (!asRoot) this.skip()
    const closed = folder(0o700)
    const stateDir = join(closed, 'state')
    mkdirSync(stateDir)
    const server = await EmbeddedPostgres.start({ stateDir, durable: false })
    expect(existsSync(join(stateDir, 'postgres', 'PG_VERSION'))).to.equal(true)
    await server.stop()
  })
})
