import { chmodSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import pg from 'pg'
import { until } from '../testing/each-postgres.js'
import { runningServer } from './server.js'
import { type Supervised, superviseEmbedded } from './supervise.js'

describe('a supervised server', () => {
  let stateDir: string
  let supervised: Supervised
  let warnings: string[]

  beforeEach(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'hearth supervised '))
    chmodSync(stateDir, 0o755)
    warnings = []
    supervised = await superviseEmbedded({ stateDir, durable: false }, message => warnings.push(message))
  })
  afterEach(async () => {
    await supervised.stop()
    rmSync(stateDir, { recursive: true, force: true })
  })

  const kill = (): void => {
    const running = runningServer(stateDir)
    if (running === undefined) throw new Error('no server runs')
    process.kill(running.pid, 'SIGKILL')
  }
  const answers = async (): Promise<boolean> => {
    const client = new pg.Client({ connectionString: supervised.url })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return (await client.query('SELECT 1')).rowCount === 1
    } catch {
      return false
    } finally {
      await client.end().catch(() => undefined)
    }
  }

  it('is there again at the same address whenever it has died', async () => {
    for (const death of [1, 2]) {
      kill()
      await until(`start ${death + 1}`, () => warnings.filter(text => text.endsWith('runs again')).length === death)
      expect(await answers()).to.equal(true)
    }
    await supervised.stop()
    expect(runningServer(stateDir)).to.equal(undefined)
    expect(warnings.filter(text => text.includes('has died'))).to.have.length(2)
  })

  it('is tried again while it does not start, and stops at once when told to', async () => {
    const password = join(stateDir, 'postgres.password')
    kill()
    renameSync(password, `${password}.away`)
    await until('an attempt in vain', () => warnings.some(text => text.includes('next attempt in 1 s')))
    renameSync(`${password}.away`, password)
    await until('a start', () => warnings.at(-1)?.endsWith('runs again') === true)
    kill()
    renameSync(password, `${password}.away`)
    await until('a second attempt in vain', () => warnings.at(-1)?.includes('next attempt in 1 s') === true)
    const asked = Date.now()
    await supervised.stop()
    expect(Date.now() - asked).to.be.below(500)
  })
})
