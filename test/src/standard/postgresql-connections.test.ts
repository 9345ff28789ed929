import { chownSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { until } from '@hearth/conformance'
import type { Done, JsonMap } from '@hearth/core/plugin'
import { expect } from 'chai'
import { targetServer } from './ground.js'
import { failure, stepsOnPostgresql } from './step-caller.js'

describe('connections to a PostgreSQL server', () => {
  const { ask, resource } = stepsOnPostgresql()
  const hasty = stepsOnPostgresql({ 'postgresql:statement_timeout': '1' })

  it('wait for a server that says nothing no longer than they are let', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    const server: JsonMap = { host: '127.0.0.1', port, user: 'u', password: 'p', database: 'd', sslmode: 'disable' }
    const role = resource('Role', { connection: null, server: { ...server, ca_cert_pem: null }, name: 'unheard' })
    const signal = AbortSignal.timeout(100)
    const begun = performance.now()
    try {
      expect(await failure(role.call('create', { signal }))).to.match(/timeout/)
      expect(performance.now() - begun).to.be.below(5_000)
    } finally {
      silent.close()
    }
  })

  it('wait for a statement that is held up no longer than the operator lets them', async () => {
    await ask('CREATE ROLE held_up; CREATE TABLE held ()')
    // Whoever grants waits for whoever has granted, and whoever reads for the lock.
    await ask('BEGIN; GRANT INSERT ON held TO held_up; LOCK TABLE held')
    try {
      const grant = hasty.resource('Grant', {
        role: 'held_up',
        database: 'hearth',
        object_type: 'table',
        schema: 'public',
        objects: ['held'],
        privileges: ['SELECT'],
      })
      expect(await failure(grant.whole('create'))).to.match(/statement timeout \(57014\).*statement_timeout/)
      const check = { database: 'hearth', up: 'SELECT 1', check: 'SELECT count(*) = 0 FROM held', timeout_seconds: 1 }
      const script = resource('Script', check)
      await script.call('create')
      expect(await failure(script.type.check?.(script.context('check')) as Promise<unknown>)).to.match(
        /statement timeout \(57014\)/,
      )
    } finally {
      await ask('ROLLBACK; DROP TABLE held; DROP ROLE held_up')
    }
  })

  it('are opened again for a delete that was thrown out of a database, as if that was dropped with force', async () => {
    const role = resource('Role', { name: 'thrown_out', drop_owned: true })
    await role.whole('create')
    await ask('CREATE TABLE owned (); ALTER TABLE owned OWNER TO thrown_out')
    await ask('BEGIN; LOCK TABLE owned')
    const waiting = async (): Promise<number[]> => {
      // In a transaction the list stays as it was first seen.
      await ask('SELECT pg_stat_clear_snapshot()')
      const rows = await ask(
        `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'DROP OWNED%'`,
      )
      return rows.map(({ pid }) => pid)
    }
    try {
      const deleted = role.whole('delete')
      deleted.catch(() => undefined)
      const pid = await until('it waits', 10_000, async () => (await waiting())[0])
      await ask(`SELECT pg_terminate_backend(${pid})`)
      await until('it waits again', 10_000, async () => (await waiting()).find(one => one !== pid))
      await ask('COMMIT')
      await deleted
    } finally {
      await ask('ROLLBACK')
    }
    expect(await ask(`SELECT FROM pg_roles WHERE rolname = 'thrown_out'`)).to.deep.equal([])
  })

  it('trust the server whose certificate is for the host, and of an authority that is trusted', async () => {
    const made = async (type: string, properties: JsonMap): Promise<JsonMap> =>
      ((await resource(type, properties).call('create')) as Done).data ?? {}
    const { private_key_pem: key = '' } = await made('Hearth::TLS::PrivateKey', { algorithm: 'ECDSA' })
    const certificate = async (of: JsonMap): Promise<string> =>
      (await made('Hearth::TLS::SelfSignedCert', { private_key_pem: key, validity_period_hours: 1, ...of }))
        .cert_pem as string
    const serve = async (cert: string): Promise<void> => {
      const [{ folder } = {}] = await ask('SELECT setting AS folder FROM pg_settings WHERE name = $$data_directory$$')
      const { uid, gid } = statSync(folder)
      for (const [name, text] of [
        ['hearth.key', key as string],
        ['hearth.crt', cert],
      ] as const) {
        writeFileSync(join(folder, name), text, { mode: 0o600 })
        chownSync(join(folder, name), uid, gid)
      }
      for (const [name, value] of [
        ['ssl_key_file', 'hearth.key'],
        ['ssl_cert_file', 'hearth.crt'],
        ['ssl', 'on'],
      ] as const)
        await ask(`ALTER SYSTEM SET ${name} = '${value}'`)
      await ask('SELECT pg_reload_conf()')
    }
    const url = new URL((await targetServer()).url)
    const attempt = async (sslmode: string, authority?: string): Promise<string> => {
      const server: JsonMap = {
        host: url.hostname,
        port: Number(url.port),
        user: url.username,
        password: decodeURIComponent(url.password),
        database: 'hearth',
        sslmode,
        ca_cert_pem: authority ?? null,
      }
      const query = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
      const script = resource('Script', { connection: null, server, database: 'hearth', up: 'SELECT 1', query })
      try {
        const { attributes } = (await script.call('create')) as Done
        return JSON.stringify(attributes?.rows)
      } catch (error) {
        return (error as Error).message
      }
    }
    const encrypted = '[{"ssl":true}]'
    const right = await certificate({ subject: { common_name: 'server' }, ip_addresses: ['127.0.0.1'] })
    await serve(right)
    const deadline = Date.now() + 10_000
    while ((await attempt('require')) !== encrypted && Date.now() < deadline)
      await new Promise(resolve => setTimeout(resolve, 20))
    expect(await attempt('verify-full', right)).to.equal(encrypted)
    expect(await attempt('verify-full')).to.match(
      /no connection to PostgreSQL at 127\.0\.0\.1:\d+: self-signed certificate/,
    )
    const wrong = await certificate({ subject: { common_name: 'another' }, dns_names: ['elsewhere.example'] })
    await serve(wrong)
    while ((await attempt('verify-ca', wrong)) !== encrypted && Date.now() < deadline)
      await new Promise(resolve => setTimeout(resolve, 20))
    expect(await attempt('verify-full', wrong)).to.match(/not in the cert's list|altnames/)
    expect(await attempt('disable')).to.equal('[{"ssl":false}]')
    // As it was before, for other suites.
    await ask('ALTER SYSTEM RESET ssl')
    await ask('SELECT pg_reload_conf()')
    while ((await attempt('require')) === encrypted && Date.now() < deadline)
      await new Promise(resolve => setTimeout(resolve, 20))
    expect(await attempt('require')).to.match(/does not support SSL/)
  })
})
