import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { templates, until } from '@hearth/conformance'
import { expect } from 'chai'
import { named, type Resources, resource } from './asking.js'
import { reachingOutside } from './killed.js'

const { template } = templates
const deadlineMs = 60_000
const fileCount = 40

for (const engine of ['legacy', 'convergence']) {
  describe(`steps that reach outside, whose daemon was killed, on ${engine}`, () => {
    const resumes = engine === 'convergence'
    const outside = reachingOutside(engine, 1)
    const { asked, runs } = outside
    before(() => mkdirSync(join(outside.folder, 'demo')))

    const program = (name: string, repeatable: boolean) => ({
      type: 'Hearth::Process::Command',
      properties: { create: outside.waitsOnce(name), repeatable },
    })

    it('leave nothing twice and nothing half, and go away', async () => {
      await outside.start()
      const { server, folder, admin } = outside
      const thing = {
        type: 'Hearth::HTTP::Resource',
        properties: {
          auth: { bearer: 'opensesame' },
          create: { url: `${server.url}/things`, body: { size: 1 } },
          delete: {},
        },
      }
      const table = `ran_${engine}`
      await admin.query(`CREATE TABLE ${table} (n int)`)
      const script = resource('Script', {
        database: 'hearth',
        up: outside.gated(`INSERT INTO ${table} VALUES (1)`),
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

      await outside.hold()
      const first = outside.daemon.api()
      const stacks = {
        once: await first.create('once', template({ program: program('once', false) })),
        again: await first.create('again', waiting, { disable_rollback: true }),
      }
      await until('the request, the programs and the script', deadlineMs, async () => {
        const begun = server.requests('POST').length + runs('once').length + runs('again').length
        return begun === 3 && (await outside.waiting()) === 1 ? true : undefined
      })
      const third = await first.create('many', many, { disable_rollback: true })
      await until('the first file', deadlineMs, async () =>
        filesIn(join(folder, 'demo')).length > 0 ? true : undefined,
      )
      await outside.killAndStart()

      const api = outside.daemon.api()
      const [once, again, all] = [api.again(stacks.once), api.again(stacks.again), api.again(third)]
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
      expect([runs('once').length, runs('again').length]).to.deep.equal([1, 2])
      expect(server.things.size).to.equal(1)
      const keys = server.requests('POST').map(({ headers }) => headers['idempotency-key'])
      expect(keys).to.have.length(2)
      expect(new Set(keys).size).to.equal(1)
      expect(await asked(`SELECT n FROM ${table}`)).to.deep.equal([1])
      for (const pid of [...runs('once'), ...runs('again')])
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
