import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Daemon } from '@hearth/conformance'
import pg from 'pg'
import { targetServer } from './ground.js'
import { RestServer } from './rest-server.js'

/** What the steps of a daemon reach outside of it: all of it is still there when the daemon is killed. */
export interface Outside {
  readonly server: RestServer
  /** `[file] root` of the daemon. */
  readonly folder: string
  /** A session on the PostgreSQL server that the daemon has as its connection `main`. */
  readonly admin: pg.Client
  readonly daemon: Daemon
  /** The values of all rows, one after the other. */
  asked(sql: string): Promise<unknown[]>
  /** Text of a script that does not begin before the gate is open. */
  gated(sql: string): string
  /** How many scripts wait at the gate. */
  waiting(): Promise<number>
  /** A program that writes who it is, and waits the first time. */
  waitsOnce(name: string): string[]
  /** Who has run that program. */
  runs(name: string): string[]
  start(): Promise<void>
  /** Requests to the server that change something, and scripts at the gate, wait from now on, until the daemon is dead. */
  hold(): Promise<void>
  /** Kills the daemon, lets go of what is held, and starts the next one. */
  killAndStart(): Promise<void>
}

/**
 * What a suite about a killed daemon stands on: there before its first case, and gone after the last.
 * @param gate an advisory lock that no other suite takes
 */
export function reachingOutside(engine: string, gate: number): Outside {
  let server: RestServer
  let folder: string
  let admin: pg.Client
  let daemon: Daemon
  let release: () => void = () => undefined
  before(async () => {
    server = await RestServer.start()
    folder = mkdtempSync(join(tmpdir(), 'resumed-'))
    admin = new pg.Client({ connectionString: (await targetServer()).url })
    await admin.connect()
  })
  after(async () => {
    await daemon?.remove()
    await admin?.end()
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const lock = `pg_advisory_xact_lock(${gate})`
  const asked = async (sql: string) => (await admin.query({ text: sql, rowMode: 'array' })).rows.flat()
  const start = async (known: { stateDir?: string } = {}): Promise<void> => {
    const options = {
      'outbound:allow': '127.0.0.1',
      'process:allowed': '/bin/sh',
      'file:root': folder,
      'postgresql:connections': `main=${(await targetServer()).url}?sslmode=disable`,
    }
    daemon = await Daemon.start({ engine, options, ...known })
  }
  return {
    get server() {
      return server
    },
    get folder() {
      return folder
    },
    get admin() {
      return admin
    },
    get daemon() {
      return daemon
    },
    asked,
    gated: sql => `SELECT ${lock}; ${sql}`,
    async waiting() {
      return (await asked(`SELECT pid FROM pg_stat_activity WHERE query LIKE '%${lock}%' AND wait_event = 'advisory'`))
        .length
    },
    waitsOnce(name) {
      const file = join(folder, name)
      return ['/bin/sh', '-c', `echo $$ >> ${file}; test $(wc -l < ${file}) -gt 1 || sleep 1000`]
    },
    runs(name) {
      try {
        return readFileSync(join(folder, name), 'utf8').trim().split('\n')
      } catch {
        return []
      }
    },
    start: () => start(),
    async hold() {
      server.held = new Promise(resolve => (release = resolve))
      await admin.query(`SELECT pg_advisory_lock(${gate})`)
    },
    async killAndStart() {
      const { stateDir } = daemon
      await daemon.end('SIGKILL')
      release()
      await admin.query(`SELECT pg_advisory_unlock(${gate})`)
      await start({ stateDir })
    },
  }
}
