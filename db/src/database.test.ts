import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { HearthDatabase } from './database.js'
import { coreMigrations, migrate, schemaState } from './migrate.js'
import { events } from './stores/event-store.js'
import { resources } from './stores/resource-store.js'
import { NameTaken, stacks } from './stores/stack-store.js'
import { templates } from './stores/template-store.js'
import { workers } from './stores/worker-store.js'
import { TestServer } from './testing/index.js'

const stackRow = (patch: object = {}) => {
  const id = randomUUID()
  return {
    id,
    rootId: id,
    parentId: null,
    parentResource: null,
    depth: 0,
    project: 'p',
    owner: 'me',
    name: `s-${id.slice(0, 8)}`,
    action: 'CREATE',
    status: 'COMPLETE',
    statusReason: '',
    templateId: randomUUID(),
    previousTemplateId: null,
    disableRollback: true,
    timeoutMins: null,
    tags: [],
    revision: 1,
    engine: 'legacy',
    ...patch,
  }
}

for (const binaries of [undefined, 'postgres-15']) {
  describe(`rows, on ${binaries ?? 'the embedded PostgreSQL'}`, () => {
    let server: TestServer
    let db: HearthDatabase
    before(async () => {
      server = await TestServer.start(binaries === undefined ? {} : { binaries })
      db = new HearthDatabase({ url: await server.createDatabase(), maxPoolSize: 6 })
      await migrate(db, [coreMigrations])
    })
    after(async () => {
      await db?.close()
      await server?.stop()
    })

    it('are migrated once, however many daemons start together', async () => {
      const url = await server.createDatabase()
      const daemons = [1, 2, 3].map(() => new HearthDatabase({ url, maxPoolSize: 3 }))
      const applied = await Promise.all(daemons.map(one => migrate(one, [coreMigrations])))
      expect(applied.flat()).to.have.members(['hearth/0001-before-the-flag', 'hearth/0002-the-flag'])
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
                    action: 'CREATE',
                    status: 'COMPLETE',
                    statusReason: '',
                    physicalId: 'p',
                    properties: { a: [1, null] },
                    attributes: { v: 'ü' },
                    reference: null,
                    data: null,
                    metadata: {},
                    templateId: null,
                    requires: index === 1 ? [] : [rows[1]?.id as string],
                    definitionDigest: 'd',
                    deletionPolicy: 'Delete',
                    cursor: index === 2 ? { at: 1 } : null,
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
          templates.insert(tx, { id, stackId: row.id, content: {}, environment: {}, files: {}, digest: 'd' }),
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
      const id = randomUUID()
      await workers.register(db, {
        id,
        host: 'h',
        hostname: 'h',
        roles: ['worker'],
        leaseSeconds: 4,
        reportInterval: 60,
      })
      expect(await workers.heartbeat(db, id)).to.equal(true)
      await db.query(`UPDATE worker SET heartbeat_at = hearth_now() - interval '5 seconds' WHERE id = $1`, [id])
      expect(await workers.heartbeat(db, id)).to.equal(false)
      expect(await workers.dead(db)).to.include(id)
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

    it('are heard of again after the listening connection was cut', async () => {
      const heard: string[] = []
      const stop = await db.listen('test_channel', payload => heard.push(payload))
      await db.query(`SELECT pg_notify('test_channel', 'one')`)
      await until(() => heard.includes('one'))
      await db.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hearth listener' AND datname = current_database()`,
      )
      // Told to look once, since notifications may have been lost.
      await until(() => heard.includes(''))
      await db.query(`SELECT pg_notify('test_channel', 'two')`)
      await until(() => heard.includes('two'))
      await stop()
    })
  })
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited 5 s in vain')
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

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
  }
  return names[type] ?? type
}
