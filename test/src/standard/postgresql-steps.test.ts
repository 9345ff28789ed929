import { chownSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import {
  Clock,
  type Done,
  type Json,
  type JsonMap,
  Logger,
  Options,
  type Progress,
  ResourceType,
  type StepContext,
} from '@hearth/core/plugin'
import plugin from '@hearth/standard-resources'
import { expect } from 'chai'
import { Container } from 'inversify'
import pg from 'pg'
import { targetServer } from './ground.js'

/** Steps as engines call them after a crash: again, and with what had become durable before. */
describe('steps on a PostgreSQL server', () => {
  let admin: pg.Client
  const types = new Map<string, ResourceType>()

  before(async () => {
    const target = await targetServer()
    admin = new pg.Client({ connectionString: target.url })
    await admin.connect()
    const container = new Container()
    const silent = (): void => undefined
    const given: Record<string, string> = {
      'postgresql:connections': `main=${target.url}?sslmode=disable`,
      'outbound:allow': '127.0.0.1',
    }
    container.bind(Options).toConstantValue({
      get: option => {
        const value = given[`${option.section}:${option.name}`]
        return (value === undefined ? option.default : option.type.parse(value)) as never
      },
    })
    container.bind(Clock).toConstantValue({ now: Date.now, after: () => silent })
    container.bind(Logger).toConstantValue({ debug: silent, info: silent, warn: silent, error: silent })
    await container.loadAsync(plugin.contributions)
    for (const type of container.getAll(ResourceType)) types.set(type.name.replace('Hearth::PostgreSQL::', ''), type)
  })
  after(() => admin.end())

  const ask = async (sql: string) => (await admin.query(sql)).rows
  const of = (name: string): ResourceType => types.get(name) as ResourceType

  /** A resource, with what of it is durable; each call of a step is given that. */
  class Resource {
    physicalId: string | null = null
    data: JsonMap = {}
    cursor: Json | undefined
    constructor(
      readonly type: string,
      readonly properties: JsonMap,
      readonly id = `r${Math.random().toString(36).slice(2)}`,
    ) {}

    context(step: string, signal = new AbortController().signal): StepContext {
      const { properties: schemas } = of(this.type)
      const defaults = Object.entries(schemas === 'any' ? {} : schemas).map(([name, { default: fallback = null }]) => [
        name,
        fallback,
      ])
      const context = {
        resource: { id: this.id, name: 'a', type: this.type, physicalName: 'stack-a' },
        properties: { ...Object.fromEntries(defaults), connection: 'main', ...this.properties },
        previous: {},
        changed: [],
        data: this.data,
        setPhysicalId: async (id: string) => void (this.physicalId = id),
        idempotencyKey: `${this.id}:${step}`,
        now: Date.now,
        signal,
      }
      return Object.defineProperty(context, 'physicalId', { get: () => this.physicalId }) as unknown as StepContext
    }

    /** One call, whose end becomes durable unless the worker dies of it. */
    async call(
      step: 'create' | 'delete' | 'adopt',
      { dies = false, signal }: { dies?: boolean; signal?: AbortSignal } = {},
    ) {
      const progress = (await of(this.type)[step]?.(this.context(step, signal), this.cursor)) as Progress
      if (dies) return progress
      if (progress.kind === 'again') this.cursor = progress.cursor
      if (progress.kind === 'done') {
        this.physicalId = progress.physicalId ?? this.physicalId
        this.data = progress.data ?? this.data
        this.cursor = undefined
      }
      return progress
    }

    async whole(step: 'create' | 'delete'): Promise<void> {
      while ((await this.call(step)).kind === 'again');
    }
  }

  const failure = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'it did not fail',
      error => error.message,
    )

  for (const [type, more, catalog, column] of [
    ['Role', {}, 'pg_roles', 'rolname'],
    ['Database', { force_drop: true }, 'pg_database', 'datname'],
    ['Schema', { database: 'hearth' }, 'pg_namespace', 'nspname'],
  ] as const) {
    const count = async (name: string): Promise<number> =>
      (await ask(`SELECT 1 FROM ${catalog} WHERE ${column} = '${name}'`)).length

    it(`take up the ${type} that they made before they died, and remove it, too`, async () => {
      const name = `died_${type.toLowerCase()}`
      const resource = new Resource(type, { name, ...more })
      await resource.call('create', { dies: true })
      expect(await count(name)).to.equal(1)
      await resource.call('create')
      const other = new Resource(type, { name, ...more })
      expect(await failure(other.call('create'))).to.match(/already, which this resource has not made/)
      await other.call('delete')
      expect(await count(name)).to.equal(1)
      await resource.call('delete')
      await resource.call('delete')
      expect(await count(name)).to.equal(0)

      const lost = new Resource(type, { name, ...more })
      await lost.call('create', { dies: true })
      await lost.call('delete')
      expect(await count(name)).to.equal(0)
    })
  }

  it('do not take another one for theirs that has come to bear the name', async () => {
    const resource = new Resource('Role', { name: 'comes_and_goes' })
    await resource.call('create')
    await ask('DROP ROLE comes_and_goes; CREATE ROLE comes_and_goes')
    expect(await failure(of('Role').check?.(resource.context('check')) as Promise<unknown>)).to.match(
      /is not there any more/,
    )
    await resource.call('delete')
    expect(await ask(`SELECT 1 FROM pg_roles WHERE rolname = 'comes_and_goes'`)).to.have.length(1)
    await ask('DROP ROLE comes_and_goes')
  })

  it('run a script once, whether they died before the commit or after it', async () => {
    await ask('CREATE TABLE ran (n int)')
    const script = (up: string) =>
      new Resource('Script', { database: 'hearth', up, down: 'INSERT INTO ran VALUES (-1)' })
    const ran = async () => (await ask('SELECT n FROM ran ORDER BY n')).map(({ n }) => n)

    const after = script('INSERT INTO ran VALUES (1)')
    await after.call('create', { dies: true })
    await after.whole('create')
    expect(await ran()).to.deep.equal([1])

    const before = script('INSERT INTO ran VALUES (2); SELECT 1 / 0')
    expect(await failure(before.call('create'))).to.match(/division by zero/)
    expect(before.physicalId, 'nothing has come to be, as is known by now').to.equal('')
    await before.whole('delete')
    expect(await ran(), 'what never came to be is not taken back').to.deep.equal([1])

    await after.call('delete', { dies: true })
    await after.whole('delete')
    expect(await ran()).to.deep.equal([-1, 1])
    expect(await failure(script('COMMIT').call('create'))).to.match(/has ended its transaction/)
    await ask('DROP TABLE ran')
  })

  it('read no more rows of a query than are kept, and of one query only', async () => {
    const asking = (query: string, more: JsonMap = {}) =>
      new Resource('Script', { database: 'hearth', up: 'SELECT 1', query, ...more })
    const begun = performance.now()
    // Whoever reads all of them, reads until the statement has taken too long.
    const endless = 'SELECT generate_series(1, 100000000000) -- and on'
    expect(await failure(asking(endless).call('create'))).to.match(/query answers more than 1000 rows/)
    expect(performance.now() - begun).to.be.below(20_000)
    expect(await failure(asking('SELECT 1; SELECT 2').call('create'))).to.match(/multiple commands/)
    const { attributes } = (await asking('SELECT n FROM generate_series(1, 1000) n;').call('create')) as Done
    expect(attributes?.rows).to.have.length(1000)
    const checked = asking('', { check: `SELECT generate_series(1, 100000000000) = 1` })
    await checked.call('create')
    expect(await of('Script').check?.(checked.context('check'))).to.include({ kind: 'done' })
  })

  it('give up a script when they are given up, and so does the server', async () => {
    const abort = new AbortController()
    const script = new Resource('Script', { database: 'hearth', up: 'SELECT pg_sleep(60)' })
    const running = script.call('create', { signal: abort.signal })
    const sleeping = async () =>
      (await ask(`SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'`)).length
    const deadline = Date.now() + 10_000
    while ((await sleeping()) === 0 && Date.now() < deadline) await new Promise(resolve => setTimeout(resolve, 20))
    abort.abort('cancelled')
    expect(await failure(running)).not.to.equal('it did not fail')
    while ((await sleeping()) > 0 && Date.now() < deadline) await new Promise(resolve => setTimeout(resolve, 20))
    expect(await sleeping()).to.equal(0)
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
    const role = new Resource('Role', { connection: null, server: server('hearth'), name: 'asked_elsewhere' })
    await role.call('create')
    const lost = new Resource('Role', { ...role.properties, server: server('nowhere') }, role.id)
    Object.assign(lost, { physicalId: role.physicalId, data: role.data, cursor: { tried: 10 } })
    expect(await failure(lost.call('delete'))).to.match(/database "nowhere" does not exist/)
    await role.call('delete')
    expect(await ask(`SELECT 1 FROM pg_roles WHERE rolname = 'asked_elsewhere'`)).to.have.length(0)
  })

  it('wait for a server that says nothing no longer than they are let', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    const server: JsonMap = { host: '127.0.0.1', port, user: 'u', password: 'p', database: 'd', sslmode: 'disable' }
    const role = new Resource('Role', { connection: null, server: { ...server, ca_cert_pem: null }, name: 'unheard' })
    const signal = AbortSignal.timeout(100)
    const begun = performance.now()
    try {
      expect(await failure(role.call('create', { signal }))).to.match(/timeout/)
      expect(performance.now() - begun).to.be.below(5_000)
    } finally {
      silent.close()
    }
  })

  it('revoke what they have granted, and not what was granted before', async () => {
    await ask(
      'CREATE ROLE reader; CREATE SCHEMA s; CREATE TABLE s.a (); CREATE TABLE s.b (); GRANT SELECT ON s.a TO reader',
    )
    const grant = new Resource('Grant', {
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
    const none = new Resource('Grant', { ...grant.properties, objects: ['a', 'missing'] })
    expect(await failure(none.call('create'))).to.equal('there is no table missing')
    await ask('DROP SCHEMA s CASCADE; DROP ROLE reader')
  })

  it('trust the server whose certificate is for the host, and of an authority that is trusted', async () => {
    const made = async (type: string, properties: JsonMap): Promise<JsonMap> =>
      ((await new Resource(type, properties).call('create')) as Done).data ?? {}
    const { private_key_pem: key = '' } = await made('Hearth::TLS::PrivateKey', { algorithm: 'ECDSA' })
    const certificate = async (of: JsonMap): Promise<string> =>
      (await made('Hearth::TLS::SelfSignedCert', { private_key_pem: key, validity_period_hours: 1, ...of }))
        .cert_pem as string
    const serve = async (cert: string): Promise<void> => {
      const [{ folder }] = await ask('SELECT setting AS folder FROM pg_settings WHERE name = $$data_directory$$')
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
      const script = new Resource('Script', { connection: null, server, database: 'hearth', up: 'SELECT 1', query })
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
