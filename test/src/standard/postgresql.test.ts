import { templates } from '@hearth/conformance'
import { expect } from 'chai'
import pg from 'pg'
import { asking, named, type Resources, resource } from './asking.js'
import { onEachEngine } from './ground.js'
import { kept } from '../kept.js'

const { template } = templates

onEachEngine('what is on a PostgreSQL server', ({ api, daemon, target, name }) => {
  /** Names as nobody would choose them, so that all of them have to be quoted. */
  const called = () => `My "db"; ${name()}`
  const { ask, exists } = asking(target)

  const made = (base: string, { password = 'first secret', up = 1, role = base, privileges = ['SELECT'] } = {}) =>
    template(
      {
        role: resource('Role', { name: role, password, connection_limit: 7, drop_owned: true }),
        db: resource('Database', {
          name: base,
          owner: named('role'),
          force_drop: true,
          encoding: 'utf-8',
          template: 'template0',
        }),
        schema: resource('Schema', { database: named('db'), name: 'the schema', drop_cascade: true }),
        tables: resource('Script', {
          database: named('db'),
          up: {
            str_replace: {
              template: 'CREATE TABLE "$schema".t (a int); INSERT INTO "$schema".t VALUES ($up)',
              params: { $schema: named('schema'), $up: up },
            },
          },
          down: 'DROP TABLE "the schema".t',
          check: `SELECT count(*) = 1 FROM "the schema".t`,
          query: 'SELECT a, now() > a.b AS past FROM "the schema".t, (SELECT timestamptz \'2026-01-01\' AS b) a',
        }),
        use: resource('Grant', {
          database: named('db'),
          role: named('role'),
          object_type: 'schema',
          objects: [named('schema')],
          privileges: ['USAGE'],
        }),
        read: resource(
          'Grant',
          { database: named('db'), role: named('role'), object_type: 'table', schema: named('schema'), privileges },
          { depends_on: 'tables' },
        ),
      } as Resources,
      { rows: { get_attr: ['tables', 'rows'] }, db: named('db') },
    )

  it('is made, used, changed in place, renamed, and taken away', async () => {
    const [base, later] = [called(), called()]
    const stack = await api().create(name(), made(base))
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ rows: [{ a: 1, past: true }], db: base })
    const { db } = await stack.resources()
    expect(db.physical_resource_id).to.equal(`main/${encodeURIComponent(base)}`)
    const read = (password: string, role = base) =>
      ask('SELECT a FROM "the schema".t', { database: base, user: [role, password] }).catch(error => error.message)
    expect(await read('first secret')).to.deep.equal([1])
    await stack.action('check')
    await stack.reaches('CHECK_COMPLETE')

    await stack.update(made(base, { password: 'second secret', up: 2, role: later, privileges: ['SELECT', 'INSERT'] }))
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.outputs()).rows).to.deep.equal([{ a: 2, past: true }])
    expect(await exists('pg_roles', 'rolname', base)).to.equal(false)
    expect(await read('first secret', later)).to.match(/password authentication failed/)
    expect(await read('second secret', later)).to.deep.equal([2])
    await ask('INSERT INTO "the schema".t VALUES (3)', { database: base, user: [later, 'second secret'] })

    const everything = await kept(daemon())
    for (const secret of ['first secret', 'second secret']) {
      // The template holds what its author wrote into it, and nothing else holds it.
      expect(
        everything.split('\n').filter(line => line.includes(secret) && !line.includes('heat_template_version')),
      ).to.deep.equal([])
      expect(daemon().log).not.to.include(secret)
    }
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect([await exists('pg_database', 'datname', base), await exists('pg_roles', 'rolname', later)]).to.deep.equal([
      false,
      false,
    ])
  })

  it('is found by a check when it has drifted, and mended by the update after it, and by one that looks', async () => {
    const base = called()
    const stack = await api().create(name(), made(base))
    await stack.reaches('CREATE_COMPLETE')
    const drift = async () => {
      await ask(`ALTER ROLE ${pg.escapeIdentifier(base)} CREATEDB PASSWORD 'theirs'`)
      await ask(`ALTER DATABASE ${pg.escapeIdentifier(base)} CONNECTION LIMIT 3`)
      await ask(`REVOKE SELECT ON "the schema".t FROM ${pg.escapeIdentifier(base)}; TRUNCATE "the schema".t`, {
        database: base,
      })
    }
    const mended = async () => {
      await stack.reaches('UPDATE_COMPLETE')
      expect(await ask('SELECT a FROM "the schema".t', { database: base, user: [base, 'first secret'] })).to.deep.equal(
        [1],
      )
      expect(
        await ask(
          `SELECT rolcreatedb, datconnlimit FROM pg_roles JOIN pg_database ON rolname = datname WHERE rolname = ${pg.escapeLiteral(base)}`,
        ),
      ).to.deep.equal([[false, -1]])
    }
    await drift()
    await stack.action('check')
    const { stack_status_reason: reason } = await stack.reaches('CHECK_FAILED')
    expect(reason).to.include(
      `the role '${base}' has changed: create_database is true, expected false; its password is another one`,
    )
    await stack.update(made(base))
    // What depends on the role was not checked: it is looked at by the next one.
    await stack.reaches('UPDATE_COMPLETE')
    await stack.update(made(base), { converge: true })
    await mended()
    await drift()
    await stack.update(made(base))
    await stack.reaches('UPDATE_COMPLETE')
    expect(await ask('SELECT count(*)::int FROM "the schema".t', { database: base })).to.deep.equal([0])
    await stack.update(made(base), { converge: true })
    await mended()
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('of others is neither taken nor removed, but may be imported; what fails leaves nothing behind', async () => {
    const base = called()
    const quoted = pg.escapeIdentifier(base)
    await ask(`CREATE ROLE ${quoted}`)
    await ask(`CREATE DATABASE ${quoted} OWNER ${quoted}`)
    const both = (of: object) =>
      template({ role: resource('Role', { name: base }), db: resource('Database', { name: base, ...of }) } as Resources)
    const stack = await api().create(name(), both({}), { disable_rollback: true })
    expect((await stack.reaches('CREATE_FAILED')).stack_status_reason).to.match(
      /there is a (role|database) 'My "db"; .*' already, which this resource has not made/,
    )
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect([await exists('pg_database', 'datname', base), await exists('pg_roles', 'rolname', base)]).to.deep.equal([
      true,
      true,
    ])

    const id = encodeURIComponent(base)
    const imported = await api().create(
      name(),
      template(
        {
          role: { type: 'Hearth::PostgreSQL::Role', external_id: `main/${id}` },
          db: { type: 'Hearth::PostgreSQL::Database', external_id: `main/${id}` },
          public: { type: 'Hearth::PostgreSQL::Schema', external_id: `main/${id}/public` },
          right: { type: 'Hearth::PostgreSQL::Grant', external_id: `main/${id}/${id}/database//${id}/CONNECT` },
        },
        { db: { get_attr: ['db', 'name'] }, schema: named('public') },
      ),
    )
    await imported.reaches('CREATE_COMPLETE')
    expect(await imported.outputs()).to.deep.equal({ db: base, schema: 'public' })
    for (const { resource_status } of Object.values(await imported.resources()))
      expect(resource_status).to.equal('CHECK_COMPLETE')
    await imported.delete()
    await imported.reaches('DELETE_COMPLETE')
    await ask(`DROP DATABASE ${quoted}`)
    await ask(`DROP ROLE ${quoted}`)

    const failing = await api().create(
      name(),
      template({
        role: resource('Role', { name: base, member_of: ['nobody here'] }),
        script: resource('Script', {
          database: 'postgres',
          up: 'CREATE TABLE left_behind ();\nSELECT nothing',
          down: 'DROP TABLE left_behind',
        }),
      } as Resources),
      { disable_rollback: true },
    )
    expect((await failing.reaches('CREATE_FAILED')).stack_status_reason).to.match(
      /PostgreSQL says: (role "nobody here" does not exist \(42704\)|column "nothing" does not exist \(42703\). In line 2)/,
    )
    await failing.delete()
    await failing.reaches('DELETE_COMPLETE')
    expect([await exists('pg_roles', 'rolname', base), await ask(`SELECT to_regclass('left_behind')`)]).to.deep.equal([
      false,
      [null],
    ])
  })

  it('goes as its delete rules say', async () => {
    const [owner, plain, heir, db] = [called(), called(), called(), called()]
    const content = (...owners: string[]) =>
      template({
        heir: resource('Role', { name: heir, drop_owned: true }),
        db: resource('Database', { name: db, force_drop: true }),
        ...(owners.includes('owner')
          ? { owner: resource('Role', { name: owner, reassign_owned_to: heir }, { depends_on: ['heir', 'db'] }) }
          : {}),
        ...(owners.includes('plain') ? { plain: resource('Role', { name: plain }, { depends_on: 'db' }) } : {}),
      } as Resources)
    const stack = await api().create(name(), content('owner', 'plain'))
    await stack.reaches('CREATE_COMPLETE')
    const [first, second] = [owner, plain].map(pg.escapeIdentifier)
    await ask(
      `CREATE TABLE t (); ALTER TABLE t OWNER TO ${first}; CREATE TABLE u (); GRANT ALL ON u TO ${first}, ${second}`,
      { database: db },
    )
    await stack.update(content('plain'))
    await stack.reaches('UPDATE_COMPLETE')
    expect(await ask(`SELECT tableowner FROM pg_tables WHERE tablename = 't'`, { database: db })).to.deep.equal([heir])
    await stack.update(content())
    expect((await stack.reaches('UPDATE_FAILED')).stack_status_reason).to.match(
      /cannot be dropped because some objects depend on it \(2BP01\)/,
    )
    await ask(`REVOKE ALL ON u FROM ${second}`, { database: db })
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect(await exists('pg_roles', 'rolname', heir)).to.equal(false)
    expect(await exists('pg_roles', 'rolname', plain)).to.equal(false)
  })

  it('that a template names itself is reached if the operator allows it', async () => {
    const url = new URL(target().url)
    const server = {
      host: url.hostname,
      port: Number(url.port),
      user: url.username,
      password: decodeURIComponent(url.password),
      sslmode: 'disable',
    }
    const role = called()
    const content = (of: object) =>
      template({ role: { type: 'Hearth::PostgreSQL::Role', properties: { name: role, server: { ...server, ...of } } } })
    const stack = await api().create(name(), content({}))
    await stack.reaches('CREATE_COMPLETE')
    expect((await stack.resources()).role.physical_resource_id).to.equal(
      `127.0.0.1:${url.port}/${encodeURIComponent(role)}`,
    )
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    const elsewhere = await api().send('POST', '/stacks', {
      stack_name: name(),
      template: content({ host: '127.0.0.2' }),
    })
    expect(elsewhere.status).to.equal(400)
    expect(elsewhere.body.error.message).to.match(
      /server\.host: : Hearth must not connect to 127\.0\.0\.2: the operator does not allow it/,
    )
    for (const [of, reason] of [
      [
        { sslmode: 'verify-full' },
        /no connection to PostgreSQL at 127\.0\.0\.1:\d+: The server does not support SSL connections/,
      ],
      [{ password: 'wrong' }, /password authentication failed for user/],
      [{ port: 1 }, /no connection to PostgreSQL at 127\.0\.0\.1:1: .*ECONNREFUSED/],
    ] as const) {
      const refused = await api().create(name(), content(of), { disable_rollback: true })
      expect((await refused.reaches('CREATE_FAILED')).stack_status_reason).to.match(reason)
      await refused.delete()
      await refused.reaches('DELETE_COMPLETE')
    }
  })
})
