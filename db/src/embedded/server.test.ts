import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import pg from 'pg'
import { until } from '../testing/each-postgres.js'
import { startInChild } from '../testing/start-in-child.js'
import { EmbeddedPostgres, runningServer } from './index.js'

const asRoot = process.getuid?.() === 0
const nobody = readFileSync('/etc/passwd', 'utf8').match(/^nobody:[^:]*:(\d+):(\d+):/m)
const ordinary = { uid: Number(nobody?.[1]), gid: Number(nobody?.[2]) }

describe('the embedded PostgreSQL', () => {
  const folders: string[] = []
  const folder = (mode = 0o755): string => {
    const made = mkdtempSync(join(tmpdir(), 'hearth embedded '))
    chmodSync(made, mode)
    folders.push(made)
    return made
  }
  const start = (stateDir: string) => EmbeddedPostgres.start({ stateDir, durable: false })
  const failure = (stateDir: string): Promise<string> =>
    start(stateDir).then(
      async server => {
        await server.stop()
        return 'it started'
      },
      (error: Error) => error.message,
    )
  /** A state folder whose database is whole and does not run; whoever uses it leaves it so. */
  let settled: string
  before(async () => {
    settled = join(folder(), 'state')
    await (await start(settled)).stop()
  })
  after(() => {
    for (const one of folders) rmSync(one, { recursive: true, force: true })
  })

  it('leaves no process behind when it is killed while it stands still', async () => {
    const server = await start(settled)
    const running = runningServer(settled)
    const client = new pg.Client({ connectionString: server.url })
    client.on('error', () => undefined)
    await client.connect()
    const { rows } = await client.query<{ pid: number }>('SELECT pid FROM pg_stat_activity')
    const all = [running?.pid as number, ...rows.map(({ pid }) => pid)]
    for (const pid of all) process.kill(pid, 'SIGSTOP')
    server.kill()
    expect(await server.ended).to.equal(false)
    const there = (pid: number): boolean =>
      existsSync(`/proc/${pid}`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    await until('all of them to be gone', () => !all.some(there))
    await client.end().catch(() => undefined)
    await (await start(settled)).stop()
  })

  it('starts in an empty folder, is found there, and stops', async () => {
    const stateDir = join(folder(), 'state')
    const server = await start(stateDir)
    expect(runningServer(stateDir)?.url).to.equal(server.url)
    expect(statSync(join(stateDir, 'postgres.password')).mode & 0o777).to.equal(0o600)
    expect(statSync(join(stateDir, 'postgres.log')).mode & 0o777).to.equal(0o600)
    const intruder = new pg.Client({ connectionString: server.url.replace(/:[^:@]+@/, ':guess@') })
    const refused = await intruder.connect().catch(error => error as { code?: string })
    expect(refused).to.have.property('code', '28P01')
    await server.stop()
    await server.stop()
    expect(await server.ended).to.equal(false)
    expect(runningServer(stateDir)).to.equal(undefined)
    expect(readdirSync(stateDir).sort()).to.deep.equal(['postgres', 'postgres.log', 'postgres.password'])
  })

  it('keeps what was committed, and its password, over a restart', async () => {
    const stateDir = join(folder(), 'state')
    const ask = async (sql: string): Promise<unknown[]> => {
      const server = await EmbeddedPostgres.start({ stateDir })
      const client = new pg.Client({ connectionString: server.url })
      await client.connect()
      const { rows } = await client.query(sql)
      await client.end()
      await server.stop()
      return rows
    }
    await ask('CREATE TABLE kept AS SELECT 7 AS number')
    expect(await ask(`SELECT number, current_setting('fsync') AS fsync FROM kept`)).to.deep.equal([
      { number: 7, fsync: 'on' },
    ])
  })

  it('refuses a folder that another one uses, and says so', async () => {
    const stateDir = settled
    const server = await start(stateDir)
    expect(await failure(stateDir)).to.match(/Another daemon uses the database in .*state_path/)
    await server.stop()
  })

  it('lets one of two win that start in an empty folder together', async () => {
    const stateDir = join(folder(), 'state')
    const both = [startInChild(stateDir), startInChild(stateDir)]
    const outcomes = await Promise.all(both.map(one => one.outcome))
    expect(outcomes.filter(outcome => outcome === 'up')).to.have.length(1)
    expect(outcomes.find(outcome => outcome !== 'up')).to.match(/Another daemon uses the database in/)
    for (const one of both) await one.stop()
    expect(readdirSync(stateDir).sort()).to.deep.equal(['postgres', 'postgres.log', 'postgres.password'])
  })

  it('ends with the process that started it, also when that is killed', async () => {
    const stateDir = join(folder(), 'state')
    const starter = startInChild(stateDir)
    expect(await starter.outcome).to.equal('up')
    expect(runningServer(stateDir)).not.to.equal(undefined)
    starter.child.kill('SIGKILL')
    await until('the end of the server', () => runningServer(stateDir) === undefined)
    expect(existsSync(join(stateDir, 'postgres', 'postmaster.pid'))).to.equal(false)
    // And what it left is no obstacle.
    await (await start(stateDir)).stop()
  })

  it('is made anew when the process was killed that made it', async () => {
    const stateDir = join(folder(), 'state')
    const starter = startInChild(stateDir)
    const unfinished = join(stateDir, `postgres.new-${starter.child.pid}`)
    await until('the making to begin', () => existsSync(join(unfinished, 'PG_VERSION')))
    starter.child.kill('SIGKILL')
    await starter.outcome
    expect(existsSync(join(stateDir, 'postgres'))).to.equal(false)
    await (await start(stateDir)).stop()
  })

  it('does not take a stale postmaster.pid for a server', async () => {
    const stateDir = settled
    const data = join(stateDir, 'postgres')
    for (const stale of ['', 'nonsense', `${process.pid}\n${data}\n1\n5432\n\n127.0.0.1\n`]) {
      writeFileSync(join(data, 'postmaster.pid'), stale)
      expect(runningServer(stateDir), stale).to.equal(undefined)
    }
    rmSync(join(data, 'postmaster.pid'))
  })

  it('names the file when the password is gone, or is another', async () => {
    const stateDir = settled
    const file = join(stateDir, 'postgres.password')
    const right = readFileSync(file)
    writeFileSync(file, 'another\n')
    expect(await failure(stateDir)).to.include(`refuses the password in ${file}`)
    rmSync(file)
    expect(await failure(stateDir))
      .to.include(file)
      .and.to.include('cannot be read')
    writeFileSync(file, right)
  })

  it('says what is in the way, and leaves it alone', async () => {
    const stateDir = join(folder(), 'state')
    mkdirSync(join(stateDir, 'postgres'), { recursive: true })
    if (asRoot) chownSync(join(stateDir, 'postgres'), ordinary.uid, ordinary.gid)
    writeFileSync(join(stateDir, 'postgres', 'mine.txt'), 'mine')
    expect(await failure(stateDir)).to.match(/something else lies there .*state_path/)
    expect(readFileSync(join(stateDir, 'postgres', 'mine.txt'), 'utf8')).to.equal('mine')
  })

  it('says so when there is no shell to run it', async () => {
    const stateDir = settled
    expect(await startInChild(stateDir, { env: { PATH: '/none' } }).outcome).to.match(
      /did not start \(spawn sh ENOENT\)/,
    )
  })

  describe('for root', () => {
    before(function () {
      if (!asRoot || nobody === null) this.skip()
    })

    it('works under a folder that nobody else may pass', async () => {
      const stateDir = join(folder(0o700), 'state')
      mkdirSync(stateDir)
      const server = await start(stateDir)
      expect(statSync(join(stateDir, 'postgres')).uid).to.equal(0)
      await server.stop()
      await (await start(stateDir)).stop()
    })

    it('names that folder and the remedy where user namespaces are forbidden', async () => {
      const closed = folder(0o700)
      // A machine without unshare stands for one that forbids it.
      const bin = folder()
      symlinkSync('/bin/sh', join(bin, 'sh'))
      const outcome = await startInChild(join(closed, 'state'), { env: { PATH: bin } }).outcome
      expect(outcome).to.include(`chmod o+x ${closed}`).and.to.include('[DEFAULT] state_path')
      expect(existsSync(join(closed, 'state', 'postgres'))).to.equal(false)
    })

    it('names the folder that was closed after the database was made', async () => {
      const parent = folder()
      const stateDir = join(parent, 'state')
      await (await start(stateDir)).stop()
      chmodSync(parent, 0o700)
      expect(await failure(stateDir)).to.include(`chmod o+x ${parent}`)
    })

    it('runs the database of an ordinary user, who goes on with it later', async () => {
      const stateDir = folder(0o700)
      chownSync(stateDir, ordinary.uid, ordinary.gid)
      for (const who of [ordinary, {}, ordinary]) {
        const starter = startInChild(stateDir, who)
        expect(await starter.outcome).to.equal('up')
        expect(statSync(join(stateDir, 'postgres')).uid).to.equal(ordinary.uid)
        await starter.stop()
      }
    })

    it('tells an ordinary user whose database it is', async () => {
      const stateDir = join(folder(), 'state')
      mkdirSync(join(stateDir, 'postgres'), { recursive: true })
      const outcome = await startInChild(stateDir, ordinary).outcome
      expect(outcome).to.match(/belongs to another user \(0; .*state_path/)
    })
  })
})
