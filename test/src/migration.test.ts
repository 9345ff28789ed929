import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { Daemon, type Stack, templates } from '@hearth/conformance'
import { coreMigrations, HearthDatabase, migrate } from '@hearth/db'
import { TestServer } from '@hearth/db/testing'
import { expect } from 'chai'

const { template, test, value } = templates
const run = promisify(execFile)

/** Every state that a live stack can be in, in the world before the flag. */
const states = [
  'CREATE',
  'UPDATE',
  'ROLLBACK',
  'ADOPT',
  'SUSPEND',
  'RESUME',
  'CHECK',
  'SNAPSHOT',
  'RESTORE',
  'DELETE',
].flatMap(action =>
  ['COMPLETE', 'FAILED', 'IN_PROGRESS']
    .filter(status => !(action === 'DELETE' && status === 'COMPLETE'))
    .map(status => ({ action, status })),
)
const perState = 10

const plainTemplate = JSON.stringify(
  template({ a: test({ value: 'old' }), b: value({ get_attr: ['a', 'output'] }) }, { b: { get_attr: ['b', 'value'] } }),
)
/** As a user writes it: JSON of JavaScript has no 1.0. */
const withFloats = JSON.stringify(template({ a: test({ value: 'old' }), b: value('one') })).replace('"one"', '1.0')

/** The schema of 0001 with live stacks in all states comes up on today's Hearth with nothing lost. */
describe('a database from before the flag', () => {
  let server: TestServer
  let db: HearthDatabase
  let url: string
  let daemon: Daemon
  let ofFloats: { readonly id: string; readonly name: string }
  const stacks: { id: string; name: string; action: string; status: string }[] = []
  const connection = () => ({ 'database:connection': url })

  before(async function () {
    this.timeout(60_000)
    server = await TestServer.start()
    url = await server.createDatabase()
    db = new HearthDatabase({ url, maxPoolSize: 4, name: 'test' })
    await migrate(db, [coreMigrations], { to: 'hearth/0001-before-the-flag' })
    for (const { action, status } of states) {
      for (let index = 0; index < perState; index++)
        stacks.push(await oldStack(`${action}-${status}-${index}`, action, status))
    }
    ofFloats = await oldStack('floats', 'CREATE', 'COMPLETE', withFloats, 1)
  })
  after(async () => {
    await daemon?.remove()
    await db?.close()
    await server?.stop()
  })

  async function oldStack(name: string, action: string, status: string, content = plainTemplate, of: unknown = 'old') {
    const [id, templateId] = [randomUUID(), randomUUID()]
    const environment = {
      parameters: {},
      parameter_defaults: {},
      resource_registry: { resources: {} },
      event_sinks: [],
      encrypted_param_names: [],
    }
    await db.query(
      `INSERT INTO template (id, stack_id, content, environment, files, digest) VALUES ($1, $2, $3::jsonb, $4::jsonb, '{}', 'old')`,
      [templateId, id, content, JSON.stringify(environment)],
    )
    await db.query(
      `INSERT INTO stack (id, root_id, project, name, action, status, status_reason, template_id) VALUES ($1, $1, 'demo', $2, $3, $4, 'old', $5)`,
      [id, name, action, status, templateId],
    )
    for (const [resource, type, properties] of [
      ['a', 'OS::Heat::TestResource', { value: 'old', fail: false, update_replace: false, wait_secs: 0 }],
      ['b', 'OS::Heat::Value', { value: of }],
    ] as const) {
      await db.query(
        `INSERT INTO resource (id, stack_id, root_id, name, type, action, status, physical_id, properties, attributes)
          VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb)`,
        [
          randomUUID(),
          id,
          resource,
          type,
          action === 'ROLLBACK' || action === 'RESTORE' ? 'UPDATE' : action,
          status,
          `${name}-${resource}`,
          JSON.stringify(properties),
          JSON.stringify({ value: resource === 'a' ? 'old' : of }),
        ],
      )
    }
    await db.query(
      `INSERT INTO event (id, stack_id, root_id, resource_name, resource_type, physical_id, action, status) VALUES ($1, $2, $2, $3, 'OS::Heat::Stack', $6, $4, $5)`,
      [randomUUID(), id, name, action, status, id],
    )
    if (status === 'IN_PROGRESS') {
      const operation = {
        kind: 'plan',
        id: randomUUID(),
        stack: { id, rootId: id, project: 'demo', name },
        action,
        revision: 0,
        template: templateId,
        previous: null,
        rollback: false,
        timeoutSeconds: 3600,
        underway: 'await',
      }
      await db.query('INSERT INTO stack_lock (stack_id, operation, owner) VALUES ($1, $2::jsonb, $3)', [
        id,
        JSON.stringify(operation),
        randomUUID(),
      ])
    }
    return { id, name, action, status }
  }

  const counts = async () =>
    (
      await db.query(`SELECT (SELECT count(*)::int FROM stack) AS stacks, (SELECT count(*)::int FROM resource) AS resources,
      (SELECT count(*)::int FROM event) AS events, (SELECT count(*)::int FROM template) AS templates`)
    )[0]

  it('is refused by the daemon with the command to run, and upgraded by that', async () => {
    const refused = await Daemon.start({ engine: 'true', options: connection() }).catch(String)
    expect(refused).to.match(/schema is old: hearth\/0002-the-flag.*hearth-manage db sync/)
    const before = await counts()
    const beats = (host: string): Promise<unknown> =>
      db.query(
        `INSERT INTO worker (id, host, hostname, roles, lease_seconds, report_interval) VALUES ($1, $2, $2, '{worker}', 300, 60)`,
        [randomUUID(), host],
      )
    await beats('busy-host')
    const early = await run('node', [
      'scripts/bin/hearth-manage.js',
      'db',
      'sync',
      `--database:connection=${url}`,
    ]).catch(error => error)
    expect(early).to.include({ code: 1 })
    expect(early.stderr).to.match(/at work on this database, on busy-host, and cannot work with what .*0004-openings/)
    await db.query('DELETE FROM worker')
    const { stdout } = await run('node', ['scripts/bin/hearth-manage.js', 'db', 'sync', `--database:connection=${url}`])
    expect(stdout).to.match(/applied hearth\/0002-the-flag/)
    expect(await counts()).to.deep.equal(before)
    expect(await db.query('SELECT DISTINCT engine FROM stack')).to.deep.equal([{ engine: 'legacy' }])
    for (const table of ['template', 'stack_lock']) {
      const [wrong] = await db.query(
        `SELECT count(*)::int AS rows FROM ${table} t JOIN stack s ON s.id = t.stack_id WHERE t.root_id <> s.root_id`,
      )
      expect(wrong, table).to.deep.equal({ rows: 0 })
    }
  })

  it('leaves no table of stacks whose rows do not carry their root', async () => {
    const rootless = await db.query(
      `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public'
        GROUP BY 1 HAVING bool_or(column_name = 'stack_id') AND NOT bool_or(column_name = 'root_id')`,
    )
    expect(rootless).to.deep.equal([])
  })

  it('shows every stack; those that somebody was at work on are FAILED', async () => {
    daemon = await Daemon.start({ engine: 'true', options: connection() })
    for (const { id, name, action, status } of stacks) {
      const shown = await daemon.api().stack(name, id).settled()
      expect(shown.stack_status, name).to.equal(`${action}_${status === 'IN_PROGRESS' ? 'FAILED' : status}`)
      if (status === 'IN_PROGRESS')
        expect(shown.stack_status_reason).to.equal(`Engine went down during stack ${action}`)
    }
  })

  it('updates nothing of a stack for its 1.0, whether it was kept as that or not', async () => {
    const stack = daemon.api().stack(ofFloats.name, ofFloats.id)
    const before = await stack.events()
    for (const content of [withFloats, withFloats.replace('1.0', '1')]) {
      expect((await daemon.api().send('PATCH', stack.path, `{"template": ${content}}`)).status).to.equal(202)
      await stack.reaches('UPDATE_COMPLETE')
    }
    const since = (await stack.events()).slice(before.length)
    expect(since.filter(event => event === 'S UPDATE_COMPLETE')).to.have.length(2)
    // The other one is of a type that has got more properties since.
    expect(since.filter(event => event.startsWith('b '))).to.deep.equal([])
    expect((await stack.delete()).status).to.equal(204)
    await stack.reaches('DELETE_COMPLETE')
  })

  it('updates each stack, unless it is suspended or in deletion, and deletes every one', async function () {
    this.timeout(120_000)
    const handles = new Map<string, Stack>(stacks.map(({ id, name }) => [id, daemon.api().stack(name, id)]))
    const updated = stacks.filter((_, index) => index % 2 === 0)
    for (const { id, name, action } of updated) {
      const answer = await (handles.get(id) as Stack).update(
        template({ a: test({ value: 'new' }), c: test() }, { a: { get_attr: ['a', 'output'] } }),
      )
      expect(answer.status, name).to.equal(action === 'SUSPEND' || action === 'DELETE' ? 400 : 202)
    }
    for (const { id, action } of updated) {
      if (action === 'SUSPEND' || action === 'DELETE') continue
      const stack = handles.get(id) as Stack
      await stack.reaches('UPDATE_COMPLETE')
      expect(await stack.outputs()).to.deep.equal({ a: 'new' })
      expect(Object.keys(await stack.resources())).to.have.members(['a', 'c'])
    }
    for (const stack of handles.values()) expect((await stack.delete()).status).to.equal(204)
    for (const stack of handles.values()) await stack.reaches('DELETE_COMPLETE', 60_000)
    expect(await db.query('SELECT count(*)::int AS left FROM resource')).to.deep.equal([{ left: 0 }])
    expect(await db.query(`SELECT DISTINCT engine FROM stack`)).to.deep.equal([{ engine: 'legacy' }])
  })
})
