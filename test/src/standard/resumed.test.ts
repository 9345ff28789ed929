import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Daemon, templates, until } from '@hearth/conformance'
import { expect } from 'chai'
import pg from 'pg'
import { named, type Resources, resource } from './asking.js'
import { targetServer } from './ground.js'
import { RestServer } from './rest-server.js'

const { template } = templates
const deadlineMs = 60_000
const fileCount = 40

for (const engine of ['legacy', 'convergence']) {
  describe(`steps that reach outside, whose daemon was killed, on ${engine}`, () => {
    const resumes = engine === 'convergence'
    let server: RestServer
    let folder: string
    let daemon: Daemon
    let admin: pg.Client
    before(async () => {
      server = await RestServer.start()
      folder = mkdtempSync(join(tmpdir(), 'resumed-'))
      mkdirSync(join(folder, 'demo'))
      admin = new pg.Client({ connectionString: (await targetServer()).url })
      await admin.connect()
    })
    after(async () => {
      await daemon?.remove()
      await admin?.end()
      await server?.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    const log = (name: string): string[] => {
      try {
        return readFileSync(join(folder, name), 'utf8').trim().split('\n')
      } catch {
        return []
      }
    }
    /** It writes who it is, and waits the first time. */
    const program = (name: string, repeatable: boolean) => {
      const file = join(folder, name)
      const script = `echo $$ >> ${file}; test $(wc -l < ${file}) -gt 1 || sleep 1000`
      return { type: 'Hearth::Process::Command', properties: { create: ['/bin/sh', '-c', script], repeatable } }
    }
    const asked = async (sql: string) => (await admin.query({ text: sql, rowMode: 'array' })).rows.flat()

    it('leave nothing twice and nothing half, and go away', async () => {
      const options = {
        'outbound:allow': '127.0.0.1',
        'process:allowed': '/bin/sh',
        'file:root': folder,
        'postgresql:connections': `main=${(await targetServer()).url}?sslmode=disable`,
      }
      daemon = await Daemon.start({ engine, options })
      const thing = {
        type: 'Hearth::HTTP::Resource',
        properties: {
          auth: { bearer: 'opensesame' },
          create: { url: `${server.url}/things`, body: { size: 1 } },
          delete: {},
        },
      }
      const table = `ran_${engine}`
      await admin.query(`CREATE TABLE ${table} (n int); SELECT pg_advisory_lock(1)`)
      const script = resource('Script', {
        database: 'hearth',
        up: `SELECT pg_advisory_xact_lock(1); INSERT INTO ${table} VALUES (1)`,
        down: `DELETE FROM ${table}`,
      })
      const waiting = template({ thing, script, program: program('again', true) } as Resources)
      const many = template({
        ...Object.fromEntries(
          Array.from({ length: fileCount }, (_, at) => [
            `file${at}`,
            { type: 'Hearth::File::File', properties: { path: `folder${at % 10}/${at}`, content: `${at}` } },
          ]).map(([name, one], at) => [name, { ...(one as object), depends_on: `folder${at % 10}` }]),
        ),
        ...Object.fromEntries(
          Array.from({ length: 10 }, (_, at) => [
            [`folder${at}`, { type: 'Hearth::File::Directory', properties: { path: `folder${at}` } }],
            [`role${at}`, resource('Role', { name: `${engine}_killed_${at}` })],
            [`schema${at}`, resource('Schema', { database: named(`db${at % 2}`), name: `schema_${at}` })],
          ]).flat(),
        ),
        db0: resource('Database', { name: `${engine}_killed_0` }),
        db1: resource('Database', { name: `${engine}_killed_1` }),
      } as Resources)

      let release: () => void = () => undefined
      server.held = new Promise(resolve => (release = resolve))
      const stacks = {
        once: await daemon.api().create('once', template({ program: program('once', false) })),
        again: await daemon.api().create('again', waiting, { disable_rollback: true }),
      }
      const sleepers = `SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_advisory_xact_lock%' AND wait_event = 'advisory'`
      await until('the request, the programs and the script', deadlineMs, async () => {
        const begun = server.requests('POST').length + log('once').length + log('again').length
        return begun === 3 && (await asked(sleepers)).length === 1 ? true : undefined
      })
      const third = await daemon.api().create('many', many, { disable_rollback: true })
      await until('the first file', deadlineMs, async () =>
        filesIn(join(folder, 'demo')).length > 0 ? true : undefined,
      )
      const { stateDir } = daemon
      await daemon.end('SIGKILL')
      release()
      await admin.query('SELECT pg_advisory_unlock(1)')
      daemon = await Daemon.start({ engine, options, stateDir })

      const [once, again, all] = [
        daemon.api().stack('once', stacks.once.id),
        daemon.api().stack('again', stacks.again.id),
        daemon.api().stack('many', third.id),
      ]
      expect((await once.settled(deadlineMs)).stack_status_reason).to.include(
        resumes ? "'/bin/sh' was begun, and nobody knows how it ended" : 'Engine went down during stack CREATE',
      )
      for (const [stack, content] of [
        [again, waiting],
        [all, many],
      ] as const) {
        const { stack_status: status } = await stack.settled(deadlineMs)
        expect(status).to.equal(resumes ? 'CREATE_COMPLETE' : 'CREATE_FAILED')
        if (resumes) continue
        await stack.update(content)
        const { stack_status: after, stack_status_reason: reason } = await stack.settled(deadlineMs)
        expect(after, reason).to.equal('UPDATE_COMPLETE')
      }
      expect([log('once').length, log('again').length]).to.deep.equal([1, 2])
      expect(server.things.size).to.equal(1)
      const keys = server.requests('POST').map(({ headers }) => headers['idempotency-key'])
      expect(keys).to.have.length(2)
      expect(new Set(keys).size).to.equal(1)
      expect(await asked(`SELECT n FROM ${table}`)).to.deep.equal([1])
      for (const pid of [...log('once'), ...log('again')])
        expect(() => process.kill(Number(pid), 0), pid).to.throw('ESRCH')

      const files = filesIn(join(folder, 'demo'))
      expect(files.map(file => file.split('/').at(-1)).sort()).to.deep.equal(
        Array.from({ length: fileCount }, (_, at) => `${at}`).sort(),
      )
      for (const file of files) expect(readFileSync(file, 'utf8')).to.equal(file.split('/').at(-1))
      const left = () =>
        asked(`SELECT count(*)::int FROM pg_roles WHERE rolname LIKE '${engine}_killed%' UNION ALL
          SELECT count(*)::int FROM pg_database WHERE datname LIKE '${engine}_killed%' OR datname LIKE 'hearth-%'`)
      expect(await left()).to.deep.equal([10, 2])

      for (const stack of [again, all]) await stack.delete()
      for (const stack of [again, all]) await stack.reaches('DELETE_COMPLETE')
      expect(server.things.size).to.equal(0)
      expect(await asked(`SELECT n FROM ${table}`)).to.deep.equal([])
      expect(readdirSync(join(folder, 'demo'))).to.deep.equal([])
      expect(await left()).to.deep.equal([0, 0])
      await admin.query(`DROP TABLE ${table}`)
    }).timeout(deadlineMs * 4)
  })
}

/** All files below a folder, drafts among them. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(one => one.isFile())
    .map(one => join(one.parentPath, one.name))
