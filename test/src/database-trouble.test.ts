import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Daemon, templates, until } from '@hearth/conformance'
import { EmbeddedPostgres, HearthDatabase } from '@hearth/db'
import { expect } from 'chai'

const { template, test } = templates
const run = promisify(execFile)
const key = 'a key of thirty-two characters..'

/** For so many milliseconds at a time it is watched what a daemon does; so much of one core is no busy loop. */
const watchedMs = 1_000
const mostOfOneCore = 0.4
/** In /proc, on every Linux that Node runs on. */
const ticksPerSecond = 100

/** Seconds of a processor that the process has had. */
function cpuSeconds({ process: { pid } }: Daemon): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** What the process has of a core while it is watched: 1 in a busy loop. */
async function shareOfOneCore(daemon: Daemon): Promise<number> {
  const [used, since] = [cpuSeconds(daemon), performance.now()]
  await new Promise(resolve => setTimeout(resolve, watchedMs))
  return ((cpuSeconds(daemon) - used) * 1000) / (performance.now() - since)
}

describe('a database in trouble', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-away-'))
  let server: EmbeddedPostgres
  let daemon: Daemon
  before(async () => {
    server = await EmbeddedPostgres.start({ stateDir: folder })
    await run('node', ['scripts/bin/hearth-manage.js', 'db', 'sync', `--database:connection=${server.url}`])
    const options = { 'database:connection': server.url, 'DEFAULT:auth_encryption_key': key }
    daemon = await Daemon.start({ engine: 'true', options })
  })
  after(async () => {
    await daemon?.remove()
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Every write of a resource or stack for which the condition is true fails with this code. */
  async function hinder(code: string, condition: string): Promise<() => Promise<void>> {
    const db = new HearthDatabase({ url: server.url, maxPoolSize: 1 })
    const tables = ['resource', 'stack']
    await db.query(`CREATE SEQUENCE hindered; CREATE FUNCTION hinder() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF ${condition} THEN RAISE SQLSTATE '${code}' USING MESSAGE = 'hindered'; END IF; RETURN NEW; END $$`)
    for (const table of tables)
      await db.query(`CREATE TRIGGER hinder BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION hinder()`)
    return async () => {
      await db.query(`DROP FUNCTION hinder() CASCADE; DROP SEQUENCE hindered`)
      await db.close()
    }
  }

  it('whose transactions meet each other fails none of them, and is worth no error', async () => {
    const api = daemon.api()
    const most = 60
    // One batch never has so many rows: the next try of the same one gets through.
    const unhinder = await hinder('40P01', `nextval('hindered') % ${most + 7} = 0`)
    const wide = Object.fromEntries(Array.from({ length: most }, (_, at) => [`r${at}`, test({ value: `${at}` })]))
    const stack = await api.create('met', template(wide))
    await stack.reaches('CREATE_COMPLETE', 30_000)
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE', 30_000)
    await unhinder()
    expect(daemon.log).to.match(/a transaction met another one \(40P01\) and is tried again/)
    expect(daemon.log).not.to.match(/"level":[56]0/)
  })

  it('turns the daemon unready while it has no room, says so once, and work goes on once it has', async () => {
    const api = daemon.api()
    const unhinder = await hinder('53100', 'true')
    const answer = await api.send('POST', '/stacks', { stack_name: 'full', template: template({}) })
    expect(answer.status).to.equal(503)
    expect(answer.body.error.message).to.equal('The database has no room for this now; try again later.')
    const health = await fetch(`${daemon.url}/healthcheck`)
    expect([health.status, await health.text()]).to.deep.equal([503, 'The database has no room'])
    await unhinder()
    const unhindered = await hinder('25006', 'true')
    const refused = await api.send('POST', '/stacks', { stack_name: 'standby', template: template({}) })
    expect(refused.status).to.equal(503)
    expect(refused.body.error.message).to.equal('The database takes no writes now: it is read-only; try again.')
    await unhindered()
    await until('the daemon to be ready again', 20_000, async () =>
      (await fetch(`${daemon.url}/healthcheck`)).status === 200 ? true : undefined,
    )
    expect(daemon.log.match(/The database has no room/g)).to.have.length(1)
    expect(daemon.log.match(/The database has room again/g)).to.have.length(1)
  })

  it('turns the daemon unready and its requests into 503, and work goes on by itself once it is back', async () => {
    const api = daemon.api()
    const health = async (): Promise<number> => (await fetch(`${daemon.url}/healthcheck`)).status
    const stack = await api.create('kept', template({ a: test({ wait_secs: 3 }), b: test({}, { depends_on: 'a' }) }))
    await stack.resourceReaches('a', 'CREATE_IN_PROGRESS')
    expect(await health()).to.equal(200)

    const { port } = server
    const before = daemon.log.length
    const said = (): string => daemon.log.slice(before)
    await server.stop()
    await until('the daemon to be unready', 5_000, async () => ((await health()) === 503 ? true : undefined))
    for (let times = 0; times < 3; times++) {
      const answer = await api.send('POST', '/stacks', { stack_name: 'lost', template: template({}) })
      expect(answer.status).to.equal(503)
      expect(answer.headers.get('retry-after')).to.equal('1')
      expect(answer.body.error.message).to.equal('The database cannot be reached now; try again.')
    }
    expect((await fetch(`${daemon.url}/`)).status).to.equal(300)
    await until('the daemon to use little of a core', 30_000, async () =>
      (await shareOfOneCore(daemon)) < mostOfOneCore ? true : undefined,
    )
    expect(said().match(/The database cannot be reached/g)).to.have.length(1)
    expect(daemon.log).not.to.match(/Unexpected error/)

    server = await EmbeddedPostgres.start({ stateDir: folder, port })
    await until('the daemon to be ready again', 10_000, async () => ((await health()) === 200 ? true : undefined))
    await stack.reaches('CREATE_COMPLETE', 20_000)
    expect((await api.get('/stacks')).body.stacks).to.have.length(1)
    expect(said().match(/The database can be reached again/g)).to.have.length(1)
    // One line when it went, one when it came: what was tried meanwhile is worth none, and none has a stack.
    expect(daemon.log).not.to.match(/"level":[456]0.*"stack":|listens for notifications/)
  })

  it('answers within seconds, too, when the database keeps its connections and says nothing', async () => {
    const line = await Line.to(server.port)
    const url = new URL(server.url)
    url.port = String(line.port)
    const options = { 'database:connection': url.href, 'DEFAULT:auth_encryption_key': key, 'DEFAULT:roles': 'api' }
    const other = await Daemon.start({ engine: 'true', options })
    try {
      const api = other.api()
      expect((await api.get('/stacks')).status).to.equal(200)
      line.silence()
      const asked = Date.now()
      const answers = await Promise.all([api.get('/stacks'), api.get('/stacks'), api.get('/resource_types')])
      expect(answers.map(({ status }) => status)).to.deep.equal([503, 503, 200])
      expect(Date.now() - asked).to.be.lessThan(10_000)
      expect((await fetch(`${other.url}/healthcheck`)).status).to.equal(503)
      expect(other.log.match(/The database cannot be reached/g)).to.have.length(1)

      line.speak()
      await until('the stacks again', 15_000, async () =>
        (await api.get('/stacks')).status === 200 ? true : undefined,
      )
    } finally {
      await other.remove()
      await line.close()
    }
  })
})

/** A line to the database that can be dead without being cut. */
class Line {
  private silent = false
  private readonly sockets = new Set<Socket>()

  private constructor(private readonly server: Server) {}

  static async to(port: number): Promise<Line> {
    const line: Line = new Line(createServer(near => line.join(near, connect(port, '127.0.0.1'))))
    await new Promise<void>(resolve => line.server.listen(0, '127.0.0.1', resolve))
    return line
  }

  get port(): number {
    return (this.server.address() as { port: number }).port
  }

  silence(): void {
    this.silent = true
    for (const socket of this.sockets) socket.pause()
  }

  speak(): void {
    this.silent = false
    for (const socket of this.sockets) socket.resume()
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise(resolve => this.server.close(resolve))
  }

  private join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from)
      from.on('data', data => to.write(data))
      from.on('error', () => to.destroy())
      from.on('close', () => {
        this.sockets.delete(from)
        to.destroy()
      })
      if (this.silent) from.pause()
    }
  }
}
