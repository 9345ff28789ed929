import { templates } from '@hearth/conformance'
import { expect } from 'chai'
import { asking, named, type Resources, resource } from './asking.js'
import { onEachEngine } from './ground.js'

const { template } = templates

/** How things are called, and what the database is made like. */
interface Names {
  readonly role: string
  readonly db: string
  readonly schema: string
  readonly locale?: string
}

onEachEngine('what lies in a database', ({ api, target, name }) => {
  const { ask, exists } = asking(target)

  /** One of each type. `marker` is a role that the script's `down` makes: it is seen from everywhere. */
  const content = ({ role, db, schema, locale }: Names, more: { marker?: string; also?: Resources } = {}) =>
    template({
      role: resource('Role', { name: role }),
      db: resource('Database', { name: db, template: 'template0', ...(locale === undefined ? {} : { locale }) }),
      schema: resource('Schema', { database: named('db'), name: schema }),
      tables: resource('Script', {
        database: named('db'),
        up: 'CREATE TABLE t (); CREATE TABLE u ()',
        down: `DROP TABLE t; DROP TABLE u; ${more.marker === undefined ? '' : `CREATE ROLE ${more.marker}`}`,
      }),
      connects: resource('Grant', {
        role: named('role'),
        object_type: 'database',
        objects: [named('db')],
        privileges: ['CREATE'],
      }),
      uses: resource('Grant', {
        database: named('db'),
        role: named('role'),
        object_type: 'schema',
        objects: [named('schema')],
        privileges: ['USAGE'],
      }),
      reads: resource(
        'Grant',
        {
          database: named('db'),
          role: named('role'),
          object_type: 'table',
          schema: 'public',
          objects: ['t'],
          privileges: ['SELECT'],
        },
        { depends_on: 'tables' },
      ),
      ...more.also,
    } as Resources)

  /** Fails once all else is done. */
  const failing = {
    fails: {
      type: 'OS::Heat::TestResource',
      properties: { fail: true },
      depends_on: ['connects', 'uses', 'reads', 'schema'],
    },
  }
  /** What the role may do there. */
  const rights = ({ role, db, schema }: Names) =>
    ask(
      `SELECT has_database_privilege('${role}', '${db}', 'CREATE'), has_schema_privilege('${role}', '${schema}', 'USAGE'),
        has_table_privilege('${role}', 't', 'SELECT')`,
      { database: db },
    )
  const begin = (): { first: Names; later: Names } => {
    const base = name()
    const names = (which: string): Names => ({
      role: `${base}_role_${which}`,
      db: `${base}_db_${which}`,
      schema: `${base}_schema_${which}`,
    })
    return { first: names('a'), later: names('b') }
  }
  const isGone = async (...all: Names[]): Promise<void> => {
    for (const { role, db } of all)
      expect([await exists('pg_roles', 'rolname', role), await exists('pg_database', 'datname', db)], db).to.deep.equal(
        [false, false],
      )
  }

  it('stays what it is when all of it gets new names, is given the old ones back, and goes', async () => {
    const { first, later } = begin()
    const stack = await api().create(name(), content(first))
    await stack.reaches('CREATE_COMPLETE')
    expect(await rights(first)).to.deep.equal([[true, true, true]])

    await stack.update(content(later))
    await stack.reaches('UPDATE_COMPLETE')
    expect(await rights(later), 'nothing was made anew: what is there would have been in its way').to.deep.equal([
      [true, true, true],
    ])
    const { schema } = await stack.resources()
    expect(schema.physical_resource_id).to.equal(`main/${later.db}/${later.schema}`)
    await stack.action('check')
    await stack.reaches('CHECK_COMPLETE')
    await isGone(first)

    await stack.update(content(first, { also: failing }), { disable_rollback: false })
    await stack.reaches('ROLLBACK_COMPLETE')
    expect(await rights(later)).to.deep.equal([[true, true, true]])
    await stack.action('check')
    await stack.reaches('CHECK_COMPLETE')

    // Without the grants the role could not go: they are taken back, whatever they are called by now.
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    await isGone(first, later)
  })

  it('goes with its stack after an update that has come no further than the database and the role', async () => {
    const { first, later } = begin()
    const marker = `${name()}_down`
    const stack = await api().create(name(), content(first, { marker }))
    await stack.reaches('CREATE_COMPLETE')
    const broken = content({ ...first, db: later.db, role: later.role }, { marker })
    const blocked = {
      ...broken,
      resources: {
        ...Object.fromEntries(
          Object.entries(broken.resources).map(([key, one]) => [
            key,
            ['role', 'db'].includes(key) ? one : { ...one, depends_on: ['fails', ...[one.depends_on ?? []].flat()] },
          ]),
        ),
        fails: { type: 'OS::Heat::TestResource', properties: { fail: true }, depends_on: ['db', 'role'] },
      } as Resources,
    }
    await stack.update(blocked, { disable_rollback: true })
    await stack.reaches('UPDATE_FAILED')
    expect(await exists('pg_database', 'datname', later.db)).to.equal(true)
    expect(await exists('pg_roles', 'rolname', later.role)).to.equal(true)
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    await isGone(first, later)
    expect(await exists('pg_roles', 'rolname', marker), 'it was taken back where it was').to.equal(true)
    await ask(`DROP ROLE ${marker}`)
  })

  it('is made in the database that replaces the first one, and taken back in that before it goes', async () => {
    const { first, later } = begin()
    const marker = `${name()}_down`
    const stack = await api().create(name(), content(first, { marker }))
    await stack.reaches('CREATE_COMPLETE')
    const other = { ...first, db: later.db, locale: 'C' }
    await stack.update(content(other))
    await stack.reaches('UPDATE_COMPLETE')
    expect(await rights(other)).to.deep.equal([[true, true, true]])
    expect(await exists('pg_database', 'datname', first.db)).to.equal(false)
    expect(await exists('pg_roles', 'rolname', marker)).to.equal(true)
    await stack.action('check')
    await stack.reaches('CHECK_COMPLETE')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    await isGone(first, later)
    await ask(`DROP ROLE ${marker}`)
  })

  it('is gone with a database that somebody drops, which hinders nobody from making all of it again', async () => {
    const { first } = begin()
    const stack = await api().create(name(), content(first))
    await stack.reaches('CREATE_COMPLETE')
    const drop = () => ask(`DROP DATABASE ${first.db} WITH (FORCE)`)
    await drop()
    await stack.action('check')
    expect((await stack.reaches('CHECK_FAILED')).stack_status_reason).to.include('is not there any more')
    await stack.update(content(first), { converge: true })
    await stack.reaches('UPDATE_COMPLETE')
    expect(await rights(first)).to.deep.equal([[true, true, true]])
    await stack.action('check')
    await stack.reaches('CHECK_COMPLETE')
    await drop()
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    await isGone(first)
  })
})
