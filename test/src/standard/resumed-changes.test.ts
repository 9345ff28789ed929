import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Daemon, type Stack, templates, until } from '@hearth/conformance'
import { expect } from 'chai'
import pg from 'pg'
import { named, type Resources, resource } from './asking.js'
import { targetServer } from './ground.js'
import { RestServer } from './rest-server.js'

const { template } = templates
const deadlineMs = 60_000
/** Whoever changes the table waits for it. */
const gate = 2

for (const engine of ['legacy', 'convergence']) {
  describe(`changes that reach outside, whose daemon was killed, on ${engine}`, () => {
    const resumes = engine === 'convergence'
    const role = `${engine}_changed`
    const table = `changed_${engine}`
    let server: RestServer
    let folder: string
    let daemon: Daemon
    let admin: pg.Client
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

    const asked = async (sql: string) => (await admin.query({ text: sql, rowMode: 'array' })).rows.flat()
    /** Who has run a program. */
    const runs = (name: string): string[] => {
      try {
        return readFileSync(join(folder, name), 'utf8').trim().split('\n')
      } catch {
        return []
      }
    }
    /** It writes who it is, and waits the first time. */
    const program = (name: string): string[] => {
      const file = join(folder, name)
      return ['/bin/sh', '-c', `echo $$ >> ${file}; test $(wc -l < ${file}) -gt 1 || sleep 1000`]
    }
    const http = (size: number) => ({
      auth: { bearer: 'opensesame' },
      create: { url: `${server.url}/things`, body: { size } },
      update: { body: { size } },
      delete: {},
    })
    const sql = (text: string): string => `SELECT pg_advisory_xact_lock(${gate}); ${text}`
    const tls = (type: string, properties: object) => ({ type: `Hearth::TLS::${type}`, properties })
    const all = (size: number) =>
      template({
        thing: { type: 'Hearth::HTTP::Resource', properties: http(size) },
        script: resource('Script', {
          database: 'hearth',
          up: sql(`INSERT INTO ${table} VALUES (${size})`),
          down: sql(`DELETE FROM ${table}`),
        }),
        program: {
          type: 'Hearth::Process::Command',
          properties: {
            create: ['/bin/sh', '-c', 'true'],
            update: program('updated'),
            delete: program('deleted'),
            triggers: size,
            repeatable: true,
          },
        },
        nap: { type: 'Hearth::Time::Sleep', properties: { delete_duration: '1s' } },
        month: { type: 'Hearth::Time::Schedule', properties: { cron: '@monthly', wait: false, triggers: { size } } },
        folder: { type: 'Hearth::File::Directory', properties: { path: 'kept' } },
        file: {
          type: 'Hearth::File::File',
          properties: { path: 'kept/file', content: `${size}` },
          depends_on: 'folder',
        },
        role: resource('Role', { name: role, connection_limit: size }),
        database: resource('Database', { name: role, connection_limit: size }),
        grant: resource('Grant', {
          role: named('role'),
          object_type: 'database',
          objects: [named('database')],
          privileges: size === 1 ? ['CONNECT'] : ['CONNECT', 'CREATE'],
        }),
        key: tls('PrivateKey', { algorithm: 'ECDSA', ecdsa_curve: size === 1 ? 'P256' : 'P384' }),
        cert: tls('SelfSignedCert', {
          private_key_pem: { get_attr: ['key', 'private_key_pem'] },
          subject: { common_name: `number ${size}` },
          validity_period_hours: 24,
        }),
      } as Resources)

    it('leave nothing half, whether they were updates or deletes, and nothing behind', async () => {
      const options = {
        'outbound:allow': '127.0.0.1',
        'process:allowed': '/bin/sh',
        'file:root': folder,
        'postgresql:connections': `main=${(await targetServer()).url}?sslmode=disable`,
      }
      daemon = await Daemon.start({ engine, options })
      await admin.query(`CREATE TABLE ${table} (n int)`)
      const made = await daemon.api().create('changed', all(1))
      await made.reaches('CREATE_COMPLETE', deadlineMs)

      /** Kills the daemon in the middle of a change. @returns the stack on the next one. */
      const killedIn = async (action: 'UPDATE' | 'DELETE', stack: Stack, change: () => Promise<unknown>) => {
        let release: () => void = () => undefined
        server.held = new Promise(resolve => (release = resolve))
        await admin.query(`SELECT pg_advisory_lock(${gate})`)
        await change()
        const method = action === 'UPDATE' ? 'PUT' : 'DELETE'
        const sleepers = `SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_advisory_xact_lock(${gate})%' AND wait_event = 'advisory'`
        await until(`request, program and script of the ${action}`, deadlineMs, async () => {
          const begun = server.requests(method).length + runs(`${action.toLowerCase()}d`).length
          return (begun >= 2 && (await asked(sleepers)).length === 1) || undefined
        })
        const { stateDir } = daemon
        await daemon.end('SIGKILL')
        release()
        await admin.query(`SELECT pg_advisory_unlock(${gate})`)
        daemon = await Daemon.start({ engine, options, stateDir })
        const again = daemon.api().stack(stack.name, stack.id)
        const { stack_status: status } = await again.settled(deadlineMs)
        expect(status).to.equal(`${action}_${resumes ? 'COMPLETE' : 'FAILED'}`)
        return again
      }

      let stack = await killedIn('UPDATE', made, () => made.update(all(2)))
      if (!resumes) {
        await stack.update(all(2))
        await stack.reaches('UPDATE_COMPLETE', deadlineMs)
      }
      expect([...server.things.values()].map(({ size }) => size)).to.deep.equal([2])
      expect(await asked(`SELECT n FROM ${table}`)).to.deep.equal([2])
      expect(readFileSync(join(folder, 'demo/kept/file'), 'utf8')).to.equal('2')
      expect(
        await asked(`SELECT rolconnlimit FROM pg_roles WHERE rolname = '${role}' UNION ALL
        SELECT datconnlimit FROM pg_database WHERE datname = '${role}'`),
      ).to.deep.equal([2, 2])
      expect(await asked(`SELECT has_database_privilege('${role}', '${role}', 'CREATE')`)).to.deep.equal([true])
      await stack.action('check')
      await stack.reaches('CHECK_COMPLETE', deadlineMs)

      stack = await killedIn('DELETE', stack, () => stack.delete())
      if (!resumes) {
        await stack.delete()
        await stack.reaches('DELETE_COMPLETE', deadlineMs)
      }
      for (const pid of [...runs('updated'), ...runs('deleted')])
        expect(() => process.kill(Number(pid), 0), pid).to.throw('ESRCH')
      expect(server.things.size).to.equal(0)
      expect(await asked(`SELECT n FROM ${table}`)).to.deep.equal([])
      expect(readdirSync(join(folder, 'demo'))).to.deep.equal([])
      expect(
        await asked(`SELECT 1 FROM pg_roles WHERE rolname = '${role}' UNION ALL
        SELECT 1 FROM pg_database WHERE datname = '${role}'`),
      ).to.deep.equal([])
      await admin.query(`DROP TABLE ${table}`)
    }).timeout(deadlineMs * 4)
  })
}
