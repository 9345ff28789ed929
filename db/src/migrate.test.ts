import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { HearthDatabase } from './database.js'
import { coreMigrations, type MigrationLine, migrate, schemaState, settledSchemaState } from './migrate.js'
import { eachPostgres } from './testing/each-postgres.js'
import { migrationNames } from './testing/migration-names.js'

eachPostgres('migrations', bench => {
  const folders: string[] = []
  const open: HearthDatabase[] = []
  const fresh = async (): Promise<HearthDatabase> => {
    const db = new HearthDatabase({ url: await bench().server.createDatabase(), maxPoolSize: 3 })
    open.push(db)
    return db
  }
  const line = (modules: Record<string, string>): MigrationLine => {
    const folder = mkdtempSync(join(tmpdir(), 'hearth line '))
    folders.push(folder)
    for (const [name, code] of Object.entries(modules)) writeFileSync(join(folder, name), code)
    return { name: '@acme/batch', folder: pathToFileURL(`${folder}/`) }
  }
  const creates = (table: string, more = ''): string =>
    `export const up = async tx => { await tx.query('CREATE TABLE ${table} (id int)'); ${more} }`
  const tables = async (db: HearthDatabase): Promise<string[]> =>
    (
      await db.query<{ name: string }>(`SELECT relname AS name FROM pg_class WHERE relname LIKE 'acme%' ORDER BY 1`)
    ).map(({ name }) => name)

  afterEach(async () => {
    for (const db of open.splice(0)) await db.close()
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })

  it('say of configs from before what resources have made them for', async () => {
    const db = await fresh()
    await migrate(db, [coreMigrations], { to: 'hearth/0016-sealed-rows' })
    const [derived, own, deployment] = [randomUUID(), randomUUID(), randomUUID()]
    const inputs = ['a', 'deploy_server_id', 'deploy_resource_name'].map(name => ({ name }))
    const insert = (id: string, given: object[]) =>
      db.query(
        `INSERT INTO software_config (id, project, inputs, outputs, options) VALUES ($1, 'demo', $2::jsonb, '[]', '{}')`,
        [id, JSON.stringify(given)],
      )
    await insert(derived, inputs)
    await insert(own, inputs.slice(0, 1))
    for (const config of [derived, own])
      await db.query(
        `INSERT INTO software_deployment (id, project, config_id, resource_id) VALUES ($1, 'demo', $2, $3)`,
        [config === derived ? deployment : randomUUID(), config, randomUUID()],
      )
    await migrate(db, [coreMigrations])
    const rows = await db.query('SELECT id, made_for FROM software_config')
    expect(rows).to.have.deep.members([
      { id: derived, made_for: deployment },
      { id: own, made_for: null },
    ])
  })

  it('say of stacks from before which template they have reached, as far as they tell', async () => {
    const db = await fresh()
    await migrate(db, [coreMigrations], { to: 'hearth/0025-templates-as-written' })
    const [now, before] = [randomUUID(), randomUUID()]
    const cases: readonly [name: string, state: string, previous: string | null, reached: string | null][] = [
      ['rolled back', 'ROLLBACK COMPLETE', before, now],
      ['rolling back', 'ROLLBACK IN_PROGRESS', null, now],
      ['failed', 'UPDATE FAILED', before, before],
      ['never there', 'CREATE FAILED', null, null],
      ['never adopted', 'ADOPT IN_PROGRESS', null, null],
      ['created', 'CREATE COMPLETE', null, now],
      ['updated', 'UPDATE COMPLETE', null, now],
      ['half suspended', 'SUSPEND FAILED', null, now],
      ['deleted', 'DELETE COMPLETE', null, null],
    ]
    for (const [name, state, previous] of cases) {
      const id = randomUUID()
      const [action = '', status = ''] = state.split(' ')
      await db.query(
        `INSERT INTO stack (id, root_id, project, name, action, status, template_id, previous_template_id, deleted_at)
          VALUES ($1, $1, 'demo', $2, $3, $4, $5, $6, CASE WHEN $3 = 'DELETE' THEN now() END)`,
        [id, name, action, status, now, previous],
      )
    }
    await migrate(db, [coreMigrations])
    const rows = await db.query('SELECT name, reached_template_id AS reached FROM stack')
    expect(rows).to.have.deep.members(cases.map(([name, , , reached]) => ({ name, reached })))
  })

  it('stop where they are told to, and go on from there', async () => {
    const db = await fresh()
    expect(await schemaState(db, [coreMigrations])).to.deep.include({ applied: [], newer: [] })
    const [first = '', ...others] = migrationNames
    expect(await migrate(db, [coreMigrations], { to: first })).to.deep.equal([first])
    expect(await schemaState(db, [coreMigrations])).to.deep.include({
      applied: [first],
      pending: others,
    })
    expect(await migrate(db, [coreMigrations])).to.deep.equal(others)
    expect(await migrate(db, [coreMigrations])).to.deep.equal([])
  })

  it('take as long as they need, though whoever stands still meanwhile would lose its lock', async () => {
    const db = new HearthDatabase({
      url: await bench().server.createDatabase(),
      maxPoolSize: 3,
      idleTransactionMs: 200,
    })
    open.push(db)
    const slow = line({ '0001-slow.js': creates('acme_slow', `await tx.query('SELECT pg_sleep(0.5)')`) })
    expect(await migrate(db, [slow])).to.deep.equal(['@acme/batch/0001-slow'])
  })

  it('are not begun if whoever is asked under their lock refuses', async () => {
    const db = await fresh()
    const one = line({ '0001-one.js': creates('acme_one') })
    const first = async (): Promise<void> => {
      const [held] = await db.query(`SELECT count(*)::int AS locks FROM pg_locks WHERE locktype = 'advisory' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
      throw new Error(`refused under ${JSON.stringify(held)}`)
    }
    const error = await migrate(db, [one], { first }).catch(String)
    expect(error).to.contain('refused under {"locks":1}')
    expect(await tables(db)).to.deep.equal([])
  })

  it('are waited for by whoever asks how the schema stands while they run, and who is told so', async () => {
    const db = await fresh()
    let goOn = (): void => undefined
    const held = new Promise<void>(resolve => {
      goOn = resolve
    })
    let begin = (): void => undefined
    const begun = new Promise<void>(resolve => {
      begin = resolve
    })
    const first = (): Promise<void> => {
      begin()
      return held
    }
    const migrating = migrate(db, [coreMigrations], { first })
    await begun
    expect((await schemaState(db, [coreMigrations])).applied).to.deep.equal([])
    const asked = settledSchemaState(db, [coreMigrations], goOn)
    const applied = await migrating
    expect((await asked).applied).to.deep.equal(applied)
  })

  it('that change what daemons before read or must write are breaking', async () => {
    const db = await fresh()
    await migrate(db, [coreMigrations], { to: 'hearth/0024-engines-of-workers' })
    const { pendingBreaking } = await schemaState(db, [coreMigrations])
    expect(pendingBreaking).to.include.members(['hearth/0025-templates-as-written', 'hearth/0026-reached-templates'])
  })

  it('of a plugin are a line of their own, after those before it', async () => {
    const db = await fresh()
    const acme = line({
      '0001-first.js': creates('acme_first'),
      '0002-second.js': `export const breaking = true; ${creates('acme_second')}`,
      '0002-second.d.ts': 'not a migration',
      'readme.js': 'throw new Error("not a migration either")',
    })
    expect((await migrate(db, [coreMigrations, acme])).slice(-2)).to.deep.equal([
      '@acme/batch/0001-first',
      '@acme/batch/0002-second',
    ])
    expect(await tables(db)).to.deep.equal(['acme_first', 'acme_second'])
    // Code that knows only the first: the second is newer, and breaking.
    const old = line({ '0001-first.js': creates('acme_first') })
    expect(await schemaState(db, [coreMigrations, old])).to.deep.include({
      pending: [],
      newer: ['@acme/batch/0002-second'],
      newerBreaking: ['@acme/batch/0002-second'],
    })
    // Code without the plugin does not judge the plugin's tables.
    expect(await schemaState(db, [coreMigrations])).to.deep.include({ pending: [], newer: [] })
  })

  it('that fail leave nothing, keep those before, and are tried again', async () => {
    const db = await fresh()
    const bad = line({
      '0001-good.js': creates('acme_good'),
      '0002-bad.js': creates('acme_bad', `await tx.query('SELECT 1/0')`),
      '0003-later.js': creates('acme_later'),
    })
    const error = await migrate(db, [bad]).catch(failure => failure as Error)
    expect((error as Error).message).to.match(/@acme\/batch\/0002-bad.*division by zero/)
    expect(await tables(db)).to.deep.equal(['acme_good'])
    const repaired = line({
      '0001-good.js': creates('acme_good'),
      '0002-bad.js': creates('acme_bad'),
      '0003-later.js': creates('acme_later'),
    })
    expect(await migrate(db, [repaired])).to.deep.equal(['@acme/batch/0002-bad', '@acme/batch/0003-later'])
  })

  it('wait for another daemon that dies in the middle of them', async () => {
    const db = await fresh()
    const slow = line({ '0001-slow.js': creates('acme_slow', `await tx.query('SELECT pg_sleep(10)')`) })
    const dying = migrate(db, [slow]).catch(error => error as Error)
    const other = new HearthDatabase({ url: await urlOf(db), maxPoolSize: 3 })
    open.push(other)
    // Whoever has asked for it last has it as their query, too, as long as they are idle.
    const sleeping = `state = 'active' AND query LIKE '%pg_sleep(10)%' AND pid <> pg_backend_pid() AND datname = current_database()`
    let found = false
    for (const deadline = Date.now() + 5_000; !found && Date.now() < deadline; ) {
      found = (await other.query(`SELECT 1 FROM pg_stat_activity WHERE ${sleeping}`)).length > 0
    }
    expect(found, 'the slow migration runs').to.equal(true)
    const waiting = migrate(other, [line({ '0001-slow.js': creates('acme_slow') })])
    await other.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${sleeping}`)
    expect(await dying).to.be.instanceOf(Error)
    expect(await waiting).to.deep.equal(['@acme/batch/0001-slow'])
  })

  const urlOf = async (db: HearthDatabase): Promise<string> => {
    const [{ name } = { name: '' }] = await db.query<{ name: string }>('SELECT current_database()::text AS name')
    return bench().server.url.replace(/\/hearth$/, `/${name}`)
  }
})
