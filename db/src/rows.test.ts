import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { HearthDatabase } from './database.js'
import { coreMigrations, migrate, schemaState } from './migrate.js'
import { events } from './stores/event-store.js'
import { resources } from './stores/resource-store.js'
import { NameTaken, stacks } from './stores/stack-store.js'
import { templates } from './stores/template-store.js'
import { workers } from './stores/worker-store.js'
import { type Bench, eachPostgres, stackRow } from './testing/each-postgres.js'
import { migrationNames } from './testing/migration-names.js'

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
    const declared = Object.values(db.models).flatMap(model =>
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
          content: '{}',
          environment: '{}',
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
        engines: [],
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
})

/** PostgreSQL's name of a Sequelize type. */
function udtOf(type: string): string {
  const names: Record<string, string> = {
    UUID: 'uuid',
    TEXT: 'text',
    JSON: 'json',
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
