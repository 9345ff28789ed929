import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Stack, templates, until } from '@hearth/conformance'
import { expect } from 'chai'
import { named, type Resources, resource } from './asking.js'
import { reachingOutside } from './killed.js'

const { template } = templates
const deadlineMs = 60_000

for (const engine of ['legacy', 'convergence']) {
  describe(`changes that reach outside, whose daemon was killed, on ${engine}`, () => {
    const resumes = engine === 'convergence'
    const role = `${engine}_changed`
    const table = `changed_${engine}`
    const outside = reachingOutside(engine, 2)
    const { asked, gated, runs } = outside

    const http = (size: number) => ({
      auth: { bearer: 'opensesame' },
      create: { url: `${outside.server.url}/things`, body: { size } },
      update: { body: { size } },
      delete: {},
    })
    const tls = (type: string, properties: object) => ({ type: `Hearth::TLS::${type}`, properties })
    const all = (size: number) =>
      template({
        thing: { type: 'Hearth::HTTP::Resource', properties: http(size) },
        script: resource('Script', {
          database: 'hearth',
          up: gated(`INSERT INTO ${table} VALUES (${size})`),
          down: gated(`DELETE FROM ${table}`),
        }),
        program: {
          type: 'Hearth::Process::Command',
          properties: {
            create: ['/bin/sh', '-c', 'true'],
            update: outside.waitsOnce('updated'),
            delete: outside.waitsOnce('deleted'),
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
      await outside.start()
      const { server, folder, admin } = outside
      await admin.query(`CREATE TABLE ${table} (n int)`)
      const made = await outside.daemon.api().create('changed', all(1))
      await made.reaches('CREATE_COMPLETE', deadlineMs)

      /** Kills the daemon in the middle of a change. @returns the stack on the next one. */
      const killedIn = async (action: 'UPDATE' | 'DELETE', stack: Stack, change: () => Promise<unknown>) => {
        await outside.hold()
        await change()
        const method = action === 'UPDATE' ? 'PUT' : 'DELETE'
        await until(`request, program and script of the ${action}`, deadlineMs, async () => {
          const begun = server.requests(method).length + runs(`${action.toLowerCase()}d`).length
          return (begun >= 2 && (await outside.waiting()) === 1) || undefined
        })
        await outside.killAndStart()
        const again = outside.daemon.api().again(stack)
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
