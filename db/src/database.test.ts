import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { HearthDatabase } from './database.js'
import { codeOf } from './trouble.js'
import { freePort } from './embedded/index.js'
import { coreMigrations, migrate, schemaState } from './migrate.js'
import { events } from './stores/event-store.js'
import { resources } from './stores/resource-store.js'
import { NameTaken, stacks } from './stores/stack-store.js'
import { templates } from './stores/template-store.js'
import { workers } from './stores/worker-store.js'
import { type Bench, eachPostgres, stackRow, until } from './testing/each-postgres.js'
import { migrationNames } from './testing/migration-names.js'
import { statement } from './transaction.js'

eachPostgres('rows', bench => {
  let server: Bench['server']
  let db: HearthDatabase
  before(() => {
    ;({ server, db } = bench())
  })

  it('are migrated once, however many daemons start together', async () => {
    const url = await server.createDatabase()
    const daemons = [1, 2, 3].map(() => new HearthDatabase({ url, maxPoolSize: 3 }))
    const applied = await Promise.all(daemons.map(one => migrate(one, [coreMigrations])))
    expect(applied.flat()).to.have.members(migrationNames)
    await Promise.all(daemons.map(one => one.close()))
  })

  it('tell a schema that is newer than the code', async () => {
    const url = await server.createDatabase()
    const own = new HearthDatabase({ url, maxPoolSize: 2 })
    await migrate(own, [coreMigrations])
    await own.query(
      `INSERT INTO hearth_migration (name, breaking) VALUES ('hearth/0099-later', false), ('hearth/0100-breaking', true)`,
    )
    const state = await schemaState(own, [coreMigrations])
    expect(state.newer).to.deep.equal(['hearth/0099-later', 'hearth/0100-breaking'])
    expect(state.newerBreaking).to.deep.equal(['hearth/0100-breaking'])
    await own.close()
  })

  it('look as the models say', async () => {
    const columns = await db.query<{ table: string; column: string; nullable: boolean; type: string }>(
      `SELECT table_name AS table, column_name AS column, is_nullable = 'YES' AS nullable, udt_name AS type
          FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'hearth_migration'`,
    )
    const declared = Object.values(db.sequelize.models).flatMap(model =>
      Object.values(model.getAttributes()).map(attribute => ({
        table: model.getTableName() as string,
        column: attribute.field as string,
        nullable: attribute.allowNull !== false,
        type: udtOf(attribute.type.toString({})),
      })),
    )
    expect(declared).to.have.deep.members(columns)
  })

  it('of stacks have one live stack of a name in a project', async () => {
    const row = stackRow({ name: 'once' })
    await db.transaction(tx => stacks.insert(tx, row))
    const again = await db.transaction(tx => stacks.insert(tx, stackRow({ name: 'once' }))).catch(error => error)
    expect(again).to.be.instanceOf(NameTaken)
    await db.transaction(tx => stacks.softDelete(tx, row.id))
    await db.transaction(tx => stacks.insert(tx, stackRow({ name: 'once' })))
  })

  it('of resources are written many at once, with their events in order', async () => {
    const { id: stackId } = stackRow()
    const rows = Array.from({ length: 500 }, (_, index) => ({
      id: randomUUID(),
      stackId,
      rootId: stackId,
      name: `r${index}`,
      type: 'T',
      replaces: null,
    }))
    await db.transaction(tx => resources.insertMany(tx, rows))
    const event = (row: (typeof rows)[number], status: string) => ({
      id: randomUUID(),
      stackId,
      rootId: stackId,
      resourceName: row.name,
      resourceType: 'T',
      physicalId: null,
      action: 'CREATE',
      status,
      statusReason: 'x'.repeat(300),
      properties: null,
    })
    await db.transaction(tx =>
      resources.write(
        tx,
        rows.map((row, index) => ({
          id: row.id,
          events: [event(row, 'IN_PROGRESS'), event(row, 'COMPLETE')],
          ...(index === 0
            ? { remove: true }
            : {
                state: {
                  type: 'T',
                  implementation: null,
                  action: 'CREATE',
                  status: 'COMPLETE',
                  statusReason: '',
                  physicalId: 'p',
                  properties: { a: [1, null] },
                  hiddenProperties: null,
                  sealed: null,
                  attributes: { v: 'ü' },
                  reference: null,
                  data: null,
                  metadata: {},
                  templateId: null,
                  requires: index === 1 ? [] : [rows[1]?.id as string],
                  definitionDigest: 'd',
                  externalId: null,
                  deletionPolicy: 'Delete',
                  cursor: index === 2 ? { at: 1 } : null,
                  hook: null,
                },
              }),
        })),
      ),
    )
    const stored = new Map((await resources.ofStack(db, stackId)).map(row => [row.name, row]))
    expect(stored.has('r0')).to.equal(false)
    expect(stored.get('r2')).to.deep.include({
      status: 'COMPLETE',
      properties: { a: [1, null] },
      attributes: { v: 'ü' },
      requires: [rows[1]?.id],
      cursor: { at: 1 },
    })
    expect(stored.get('r3')?.cursor).to.equal(null)
    const listed = await events.list(db, { stackIds: [stackId], filters: {}, sortKeys: [], sortDir: 'asc' })
    expect(listed.map(one => `${one.resourceName} ${one.status}`)).to.deep.equal(
      rows.flatMap(({ name }) => [`${name} IN_PROGRESS`, `${name} COMPLETE`]),
    )
    expect(listed[0]?.statusReason).to.have.length(255)
  })

  it('of events are pruned, the oldest first', async () => {
    const { id: stackId } = stackRow()
    const rows = Array.from({ length: 30 }, (_, index) => ({
      id: randomUUID(),
      stackId,
      rootId: stackId,
      resourceName: `${index}`,
      resourceType: 'T',
      physicalId: null,
      action: 'CREATE',
      status: 'COMPLETE',
      statusReason: '',
      properties: null,
    }))
    await db.transaction(tx => events.insertMany(tx, rows))
    await events.prune(db, stackId, { max: 20, batch: 12 })
    const left = await events.list(db, { stackIds: [stackId], filters: {}, sortKeys: [], sortDir: 'asc' })
    expect(left.map(({ resourceName }) => resourceName)).to.deep.equal(
      Array.from({ length: 18 }, (_, index) => `${index + 12}`),
    )
  })

  it('of templates live as long as somebody points at them', async () => {
    const row = stackRow()
    await db.transaction(tx => stacks.insert(tx, row))
    const [unused, leaned] = [randomUUID(), randomUUID()]
    for (const id of [row.templateId, unused, leaned]) {
      await db.transaction(tx =>
        templates.insert(tx, {
          id,
          stackId: row.id,
          rootId: row.id,
          content: {},
          environment: {},
          files: {},
          size: 0,
          digest: 'd',
          sealed: null,
        }),
      )
    }
    const resource = randomUUID()
    await db.transaction(tx =>
      resources.insertMany(tx, [
        { id: resource, stackId: row.id, rootId: row.id, name: 'a', type: 'T', replaces: null },
      ]),
    )
    await db.query('UPDATE resource SET template_id = $1 WHERE id = $2', [leaned, resource])
    await db.transaction(tx => templates.purgeUnused(tx, row.id))
    expect((await templates.byIds(db, [row.templateId, unused, leaned])).map(({ id }) => id)).to.have.members([
      row.templateId,
      leaned,
    ])
  })

  it('of workers tell who is alive by the clock of the database', async () => {
    const register = async (): Promise<string> => {
      const id = randomUUID()
      await workers.register(db, {
        id,
        host: id,
        hostname: 'h',
        roles: ['worker'],
        leaseSeconds: 4,
        reportInterval: 60,
        plugins: [],
      })
      return id
    }
    const late = (id: string): Promise<unknown> =>
      db.query(`UPDATE worker SET heartbeat_at = hearth_now() - interval '5 seconds' WHERE id = $1`, [id])
    const id = await register()
    expect(await workers.heartbeat(db, id)).to.equal(true)
    // Nobody was there to take over.
    await late(id)
    expect(await workers.heartbeat(db, id)).to.equal(true)
    await register()
    await late(id)
    expect(await workers.heartbeat(db, id)).to.equal(false)
    expect((await workers.dead(db)).dead).to.include(id)
    expect((await workers.list(db)).find(worker => worker.id === id)?.alive).to.equal(false)
  })

  it('survive transactions that meet: a deadlock is tried again', async () => {
    const [one, two] = [stackRow(), stackRow()]
    for (const row of [one, two]) await db.transaction(tx => stacks.insert(tx, row))
    const both = async (first: string, second: string): Promise<void> =>
      db.transaction(async tx => {
        await stacks.lock(tx, first)
        await new Promise(resolve => setTimeout(resolve, 50))
        await stacks.lock(tx, second)
      })
    await Promise.all([both(one.id, two.id), both(two.id, one.id)])
  })

  it('report what PostgreSQL says, by its code, and nothing of the values that were sent', async () => {
    const sent = ['12345678-0000-4000-8000-000000000000', '{"password": "secret"']
    const text = `INSERT INTO template (id, stack_id, root_id, content, environment, files, digest)
      VALUES ($1, $1, $1, $2::jsonb, '{}', '{}', '')`
    for (const send of [() => db.query(text, sent), () => db.transaction(tx => tx.query(text, sent))]) {
      const error = await send().catch(failure => failure as Error & { code?: string })
      expect(error).to.be.instanceOf(Error).with.property('code', '22P02')
      expect(codeOf(error)).to.equal('22P02')
      expect((error as Error).stack).to.include('database.')
      const { where: _, detail: __, ...rest } = error as unknown as Record<string, unknown>
      expect(JSON.stringify(rest)).not.to.include('password')
    }
  })

  it('prepare statements that have a name once a connection, and no others', async () => {
    await db.transaction(async tx => {
      const named = statement('test-named', 'SELECT $1::text AS given')
      for (const given of ['a', 'b']) expect(await tx.query(named, [given])).to.deep.equal([{ given }])
      await tx.query('SELECT $1::text AS given', ['c'])
      const prepared = await tx.query<{ name: string }>(
        `SELECT name FROM pg_prepared_statements WHERE statement LIKE '%AS given'`,
      )
      expect(prepared).to.deep.equal([{ name: 'test-named' }])
    })
  })

  it('go on when connections are cut, in the middle of a transaction and idle', async () => {
    const error = await db
      .transaction(async tx => {
        const [{ pid } = { pid: 0 }] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
        await db.query('SELECT pg_terminate_backend($1)', [pid])
        await tx.query('SELECT 1')
      })
      .catch(failure => failure)
    expect(error).to.be.instanceOf(Error)
    await db.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    )
    await until('connections that work', async () => {
      const answers = await Promise.allSettled(Array.from({ length: 12 }, () => db.query('SELECT 1')))
      return answers.every(({ status }) => status === 'fulfilled')
    })
  })

  it('tell whether the database answers', async () => {
    const own = new HearthDatabase({ url: await server.createDatabase(), maxPoolSize: 2 })
    expect(await own.ping()).to.equal(true)
    await own.close()
    await own.close()
    expect(await own.ping()).to.equal(false)
    const nobody = new HearthDatabase({ url: `postgresql://u:p@127.0.0.1:${await freePort()}/none`, maxPoolSize: 2 })
    expect(await nobody.ping()).to.equal(false)
    await nobody.close()
  })

  it('do not take the database for away while it is our own process that is busy', async () => {
    const ping = db.ping()
    await new Promise(resolve => setImmediate(resolve))
    const until = performance.now() + 2_200
    while (performance.now() < until);
    expect(await ping).to.equal(true)
  })

  it('are tried again a few times, and then report what they met', async () => {
    const warnings: string[] = []
    const own = new HearthDatabase({
      url: await server.createDatabase(),
      maxPoolSize: 2,
      warn: message => warnings.push(message),
    })
    let tries = 0
    const clash = `DO $$ BEGIN RAISE SQLSTATE '40001'; END $$`
    const result = await own.transaction(async tx => {
      tries += 1
      if (tries < 3) await tx.query(clash)
      return 'done'
    })
    expect([result, tries, warnings.length]).to.deep.equal(['done', 3, 2])
    const error = await own.transaction(tx => tx.query(clash)).catch(failure => failure)
    expect(codeOf(error)).to.equal('40001')
    expect(warnings).to.have.length(6)
    // What is thrown for another reason is thrown at once.
    await own
      .transaction(() => Promise.reject(new Error('no')))
      .catch(failure => expect(failure.message).to.equal('no'))
    expect(warnings).to.have.length(6)
    await own.close()
  })

  it('of resources are replaced: the new incarnation beside the old one, which then goes', async () => {
    const { id: stackId } = stackRow()
    const [old, young] = [randomUUID(), randomUUID()]
    const row = (id: string, replaces: string | null) => ({
      id,
      stackId,
      rootId: stackId,
      name: 'a',
      type: 'T',
      replaces,
    })
    await db.transaction(tx => resources.insertMany(tx, [row(old, null)]))
    await db.transaction(tx => resources.write(tx, [{ id: old, events: [], insert: row(young, old) }]))
    expect((await resources.byIds(db, [young]))[0]).to.deep.include({
      replaces: old,
      action: 'INIT',
      status: 'COMPLETE',
    })
    expect(await resources.named(db, [{ stackId, name: 'a' }])).to.have.length(2)
    await db.transaction(tx => resources.write(tx, [{ id: old, events: [], remove: true }]))
    expect((await resources.ofStack(db, stackId)).map(({ id }) => id)).to.deep.equal([young])
    await db.transaction(tx => resources.write(tx, []))
  })

  it('run what is to follow a commit after it, and never after a rollback', async () => {
    const said: string[] = []
    await db.transaction(async tx => tx.afterCommit(() => said.push('committed')))
    await db
      .transaction(async tx => {
        tx.afterCommit(() => said.push('rolled back'))
        throw new Error('no')
      })
      .catch(() => undefined)
    expect(said).to.deep.equal(['committed'])
  })

  it('carry out statements in the order in which they are sent, answered or not', async () => {
    const { id } = stackRow()
    await db.transaction(tx =>
      Promise.all([
        tx.query('CREATE TEMPORARY TABLE sent (at int) ON COMMIT DROP'),
        ...Array.from({ length: 20 }, (_, at) => tx.query('INSERT INTO sent VALUES ($1)', [at])),
        tx
          .query('SELECT array_agg(at) AS all FROM sent')
          .then(([row]) => expect(row).to.deep.equal({ all: Array.from({ length: 20 }, (_, at) => at) })),
      ]),
    )
    const failure = await db
      .transaction(tx => Promise.all([tx.query('SELECT 1 / 0'), tx.query('SELECT 1'), stacks.lock(tx, id)]))
      .catch(error => error)
    expect(codeOf(failure)).to.equal('22012')
  })

  it('take no statement that belongs to a transaction once it is over', async () => {
    const kept: { query?: (text: string) => Promise<unknown> } = {}
    await db.transaction(async tx => {
      kept.query = text => tx.query(text)
    })
    expect(await kept.query?.('SELECT 1').catch(error => error)).to.have.property('message', 'the transaction is over')
  })

  it('are heard of again after the listening connection was cut', async () => {
    const heard: string[] = []
    const stop = await db.listen('test_channel', payload => heard.push(payload))
    await db.query(`SELECT pg_notify('test_channel', 'one')`)
    await until('the first', () => heard.includes('one'))
    await db.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hearth listener' AND datname = current_database()`,
    )
    // Told to look once, since notifications may have been lost.
    await until('a look', () => heard.includes(''))
    await db.query(`SELECT pg_notify('test_channel', 'two')`)
    await until('the second', () => heard.includes('two'))
    await stop()
  })
})

/** PostgreSQL's name of a Sequelize type. */
function udtOf(type: string): string {
  const names: Record<string, string> = {
    UUID: 'uuid',
    TEXT: 'text',
    JSONB: 'jsonb',
    INTEGER: 'int4',
    BIGINT: 'int8',
    'TIMESTAMP WITH TIME ZONE': 'timestamptz',
    BOOLEAN: 'bool',
    'DOUBLE PRECISION': 'float8',
    'TEXT[]': '_text',
    'UUID[]': '_uuid',
    'BIGINT[]': '_int8',
  }
  return names[type] ?? type
}
