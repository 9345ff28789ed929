import type { JsonMap } from '@hearth/core/plugin'
import { expect } from 'chai'
import { targetServer } from './ground.js'
import { failure, stepsOnPostgresql } from './step-caller.js'

describe('steps on a PostgreSQL server', () => {
  const { ask, resource, type } = stepsOnPostgresql()

  for (const [kind, more, catalog, column] of [
    ['Role', {}, 'pg_roles', 'rolname'],
    ['Database', { force_drop: true }, 'pg_database', 'datname'],
    ['Schema', { database: 'hearth' }, 'pg_namespace', 'nspname'],
  ] as const) {
    const count = async (name: string): Promise<number> =>
      (await ask(`SELECT 1 FROM ${catalog} WHERE ${column} = '${name}'`)).length

    it(`take up the ${kind} that they made before they died, and remove it, too`, async () => {
      const name = `died_${kind.toLowerCase()}`
      const ours = resource(kind, { name, ...more })
      await ours.call('create', { dies: true })
      expect(await count(name)).to.equal(1)
      await ours.call('create')
      const other = resource(kind, { name, ...more })
      expect(await failure(other.call('create'))).to.match(/already, which this resource has not made/)
      await other.call('delete')
      expect(await count(name)).to.equal(1)
      await ours.call('delete')
      await ours.call('delete')
      expect(await count(name)).to.equal(0)

      const lost = resource(kind, { name, ...more })
      await lost.call('create', { dies: true })
      await lost.call('delete')
      expect(await count(name)).to.equal(0)
    })
  }

  it('do not take another one for theirs that has come to bear the name', async () => {
    const ours = resource('Role', { name: 'comes_and_goes' })
    await ours.call('create')
    await ask('DROP ROLE comes_and_goes; CREATE ROLE comes_and_goes')
    expect(await failure(type('Role').check?.(ours.context('check')) as Promise<unknown>)).to.match(
      /is not there any more/,
    )
    await ours.call('delete')
    expect(await ask(`SELECT 1 FROM pg_roles WHERE rolname = 'comes_and_goes'`)).to.have.length(1)
    await ask('DROP ROLE comes_and_goes')
  })

  it('do not take for gone what they cannot ask for', async () => {
    const url = new URL((await targetServer()).url)
    const server = (database: string): JsonMap => ({
      host: url.hostname,
      port: Number(url.port),
      user: url.username,
      password: decodeURIComponent(url.password),
      database,
      sslmode: 'disable',
      ca_cert_pem: null,
    })
    const role = resource('Role', { connection: null, server: server('hearth'), name: 'asked_elsewhere' })
    await role.call('create')
    const lost = resource('Role', { ...role.properties, server: server('nowhere') }, role.id)
    Object.assign(lost, { physicalId: role.physicalId, data: role.data, cursor: { tried: 10 } })
    expect(await failure(lost.call('delete'))).to.match(/database "nowhere" does not exist/)
    await role.call('delete')
    expect(await ask(`SELECT 1 FROM pg_roles WHERE rolname = 'asked_elsewhere'`)).to.have.length(0)
  })

  it('revoke what they have granted, and not what was granted before', async () => {
    await ask(
      'CREATE ROLE reader; CREATE SCHEMA s; CREATE TABLE s.a (); CREATE TABLE s.b (); GRANT SELECT ON s.a TO reader',
    )
    const grant = resource('Grant', {
      role: 'reader',
      object_type: 'table',
      schema: 's',
      objects: [],
      privileges: ['SELECT', 'INSERT'],
    })
    const granted = async () =>
      (
        await ask(`SELECT table_name || ':' || privilege_type AS what FROM information_schema.role_table_grants
        WHERE grantee = 'reader' ORDER BY 1`)
      ).map(({ what }) => what)
    await grant.call('create')
    await grant.call('create', { dies: true })
    await grant.whole('create')
    expect(await granted()).to.deep.equal(['a:INSERT', 'a:SELECT', 'b:INSERT', 'b:SELECT'])
    await ask('DROP TABLE s.b')
    await grant.whole('delete')
    await grant.whole('delete')
    expect(await granted()).to.deep.equal(['a:SELECT'])
    const none = resource('Grant', { ...grant.properties, objects: ['a', 'missing'] })
    expect(await failure(none.call('create'))).to.equal('there is no table missing')
    await ask('DROP SCHEMA s CASCADE; DROP ROLE reader')
  })
})
