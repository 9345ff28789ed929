import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { type Api, Daemon, type Stack, templates } from '@hearth/conformance'
import { HearthDatabase } from '@hearth/db'
import { expect } from 'chai'

const { template, test, value } = templates
const shelf = fileURLToPath(new URL('./fixtures/shelf-engine.js', import.meta.url))

/** Seconds that a step takes while the tool is to come and see it under way: also on a machine that has much else to do. */
const slowly = 10

/** `hearth-manage migrate-convergence` as a process beside a daemon that works. */
describe('hearth-manage migrate-convergence', function () {
  this.timeout(60_000)
  let daemon: Daemon
  let db: HearthDatabase
  let names = 0
  const name = (): string => `m${++names}`

  before(async () => {
    daemon = await Daemon.start({ engine: 'false' })
    db = new HearthDatabase({ url: daemon.shared()['database:connection'] as string, maxPoolSize: 4 })
  })
  after(async () => {
    await db?.close()
    await daemon?.remove()
  })

  const migrate = (...args: string[]) => daemon.manage('migrate-convergence', ...args)
  const engineOf = async ({ id }: { id: string }): Promise<string> =>
    (await db.query<{ engine: string }>('SELECT engine FROM stack WHERE id = $1', [id]))[0]?.engine ?? 'none'
  const created = async (content: object, status = 'CREATE_COMPLETE', api: Api = daemon.api()): Promise<Stack> => {
    const stack = await api.create(name(), content)
    await stack.reaches(status)
    return stack
  }
  const row = (output: string, stack: Stack): string | undefined =>
    output.split('\n').find(line => line.includes(stack.id))
  /** All that its user can see. */
  const seen = async (stack: Stack) => ({
    stack: await stack.show(),
    resources: await stack.resources(),
    events: await stack.events(),
    outputs: await stack.outputs(),
  })
  /** A stack that is nested in another one. */
  const nest = async (root: Stack, parent: string, status = 'COMPLETE'): Promise<{ id: string; name: string }> => {
    const child = { id: randomUUID(), name: name() }
    await db.query(
      `INSERT INTO stack (id, root_id, parent_id, parent_resource, depth, project, name, action, status, template_id, engine)
        SELECT $1, $2, $3, 'r', 1, project, $4, 'CREATE', $5, template_id, engine FROM stack WHERE id = $2`,
      [child.id, root.id, parent, child.name, status],
    )
    return child
  }

  it('moves a stack by its name; its user sees nothing of it, and goes on', async () => {
    const stack = await created(
      template(
        { a: test({ value: '1' }), b: value({ get_attr: ['a', 'output'] }) },
        { b: { get_attr: ['b', 'value'] } },
      ),
    )
    const before = await seen(stack)
    const { code, output } = await migrate(stack.name)
    expect(output).to.match(new RegExp(`demo +${stack.name} +${stack.id} +legacy +moved: 2 resources`))
    expect(output).to.include('1 moved to convergence, 0 left.')
    expect(code).to.equal(0)
    expect(await engineOf(stack)).to.equal('convergence')
    expect(await seen(stack)).to.deep.equal(before)
    await stack.update(template({ a: test({ value: '2' }) }, { a: { get_attr: ['a', 'output'] } }))
    await stack.reaches('UPDATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ a: '2' })

    const again = await migrate(stack.id)
    expect([again.code, row(again.output, stack)]).to.deep.equal([0, row(again.output, stack)])
    expect(row(again.output, stack)).to.match(/convergence +already on convergence$/)
  })

  it('leaves and names what is IN_PROGRESS, unless it may wait', async () => {
    const stack = await daemon.api().create(name(), template({ slow: test({ wait_secs: slowly }) }))
    await stack.resourceReaches('slow', 'CREATE_IN_PROGRESS')
    const left = await migrate(stack.name, '--wait-seconds', '0')
    expect([left.code, row(left.output, stack)]).to.deep.equal([1, row(left.output, stack)])
    expect(row(left.output, stack)).to.match(new RegExp(`left: CREATE of ${stack.name} is under way$`))
    expect(await engineOf(stack)).to.equal('legacy')
    const { code } = await migrate(stack.name, '--wait')
    expect([code, await engineOf(stack)]).to.deep.equal([0, 'convergence'])
    expect((await stack.show()).stack_status).to.equal('CREATE_COMPLETE')
  })

  for (const [from, to, ...args] of [
    ['legacy', 'convergence'],
    ['convergence', 'legacy', '--back'],
  ] as const) {
    it(`leaves a stack that looks settled while steps of a cancelled operation end, on ${from}`, async () => {
      const stack = await created(template({ a: test({ value: '1' }) }))
      if (from === 'convergence') await migrate(stack.name)
      await stack.update(template({ a: test({ value: '2', wait_secs: slowly }) }))
      await stack.resourceReaches('a', 'UPDATE_IN_PROGRESS')
      await stack.action('cancel_without_rollback')
      await stack.reaches('UPDATE_FAILED')
      const left = await migrate(stack.name, ...args)
      expect(row(left.output, stack)).to.match(new RegExp(`left: UPDATE of ${stack.name} is under way$`))
      expect([left.code, await engineOf(stack)]).to.deep.equal([1, from])
      const moved = await migrate(stack.name, ...args, '--wait')
      expect([moved.code, await engineOf(stack)]).to.deep.equal([0, to])
      expect((await stack.resources()).a.resource_status).to.equal('UPDATE_COMPLETE')
    })
  }

  it('moves a FAILED stack as it is; an update mends it', async () => {
    const stack = await created(
      template({ a: test({ fail: true }), b: test({}, { depends_on: 'a' }) }),
      'CREATE_FAILED',
    )
    const before = await seen(stack)
    expect((await migrate(stack.name)).code).to.equal(0)
    expect(await seen(stack)).to.deep.equal(before)
    await stack.update(template({ a: test({ value: 'mended' }), b: test({}, { depends_on: 'a' }) }))
    await stack.reaches('UPDATE_COMPLETE')
  })

  it('says with --dry-run what it would do, and does nothing', async () => {
    const stack = await created(template({ a: test() }))
    const { code, output } = await migrate(stack.name, '--dry-run')
    expect(row(output, stack)).to.match(/legacy +can be moved: 1 resource$/)
    expect([code, await engineOf(stack)]).to.deep.equal([0, 'legacy'])
  })

  it('names what a word means in several projects, what is nested, and what is not there; and moves the others', async () => {
    const stack = await created(template({}))
    const child = await nest(stack, stack.id)
    const twin = await daemon.api('other').create(stack.name, template({}))
    await twin.reaches('CREATE_COMPLETE')
    const fine = await created(template({}))
    const { code, output } = await migrate(stack.name, child.name, 'nowhere', fine.name)
    expect(output).to.match(
      new RegExp(
        `${stack.name} .*several projects have a stack of this name: ${stack.id} in demo, ${twin.id} in other;`,
      ),
    )
    expect(output).to.match(new RegExp(`${child.name} .*it is nested in ${stack.name}, and moves with it`))
    expect(output).to.match(/nowhere .*no live stack has this name or id/)
    expect([code, await engineOf(fine), await engineOf(stack)]).to.deep.equal([1, 'convergence', 'legacy'])
    expect((await migrate(stack.name, '--project', 'other')).code).to.equal(0)
    expect([await engineOf(twin), await engineOf(stack)]).to.deep.equal(['convergence', 'legacy'])
  })

  it('moves a tree whole, or not at all; and back', async () => {
    const parameters = { text: { type: 'string', default: 'one' }, wait: { type: 'number', default: 0 } }
    const file = (resources: object) => JSON.stringify({ ...template(resources as never), parameters })
    const slow = test({ value: { get_param: 'text' }, action_wait_secs: { update: { get_param: 'wait' } } })
    const files = { 'mid.yaml': file({ low: { type: 'low.yaml' } }), 'low.yaml': file({ a: slow }) }
    const content = template({
      mid: { type: 'mid.yaml' },
      group: { type: 'OS::Heat::ResourceGroup', properties: { count: 2, resource_def: { type: 'OS::Heat::None' } } },
    })
    const root = await daemon.api().create(name(), content, { files })
    await root.reaches('CREATE_COMPLETE')
    const family = await db.query<{ id: string; name: string; depth: number }>(
      'SELECT id, name, depth FROM stack WHERE root_id = $1 ORDER BY depth, name',
      [root.id],
    )
    expect(family.map(({ depth }) => depth)).to.deep.equal([0, 1, 1, 2])
    const deepest = family[3] as (typeof family)[0]
    const engines = async () => [...new Set(await Promise.all(family.map(engineOf)))]
    const busy = daemon.api().stack(deepest.name, deepest.id)
    // Its user may operate on a stack inside without the root.
    await busy.api.send('PATCH', busy.path, { existing: true, parameters: { text: 'two', wait: slowly } })
    await busy.resourceReaches('a', 'UPDATE_IN_PROGRESS')
    const left = await migrate(root.name, '--wait-seconds', '0')
    expect(row(left.output, root)).to.match(new RegExp(`left: UPDATE of ${deepest.name} is under way$`))
    expect([left.code, await engines()]).to.deep.equal([1, ['legacy']])
    for (const [to, ...args] of [['convergence'], ['legacy', '--back']] as const) {
      const moved = await migrate(root.name, ...args, '--wait')
      expect(row(moved.output, root)).to.match(/moved: 4 stacks, 6 resources$/)
      expect([moved.code, await engines()]).to.deep.equal([0, [to]])
      // The whole tree goes on there.
      await root.update(content, { files })
      await root.reaches('UPDATE_COMPLETE')
      expect((await busy.show()).stack_status).to.equal('UPDATE_COMPLETE')
    }
    await root.delete()
    await root.reaches('DELETE_COMPLETE')
    expect((await busy.show()).stack_status).to.equal('DELETE_COMPLETE')
  })

  it('fills what rows from before the flag lack, as the engine would have; and says of which stack it cannot', async () => {
    const content = template({
      a: test({ value: '1' }, { deletion_policy: 'Retain' }),
      v: value('2'),
      b: value({ get_attr: ['v', 'value'] }),
      c: test({}, { depends_on: ['a', 'b'] }),
    })
    const stacks = [await created(content), await created(content), await created(content)]
    const [one, unreadable] = stacks as [Stack, Stack]
    const rows = () =>
      db.query(
        `SELECT name, requires, template_id, definition_digest, deletion_policy FROM resource WHERE stack_id = $1 ORDER BY name`,
        [one.id],
      )
    const before = await rows()
    for (const { id } of stacks) {
      await db.query(
        `UPDATE resource SET requires = NULL, template_id = NULL, definition_digest = NULL, deletion_policy = NULL WHERE stack_id = $1`,
        [id],
      )
    }
    await db.query(`UPDATE template SET content = '{"heat_template_version": "1999-01-01"}' WHERE stack_id = $1`, [
      unreadable.id,
    ])
    const { code, output } = await migrate(...stacks.map(stack => stack.name))
    expect(await rows()).to.deep.equal(before)
    expect(row(output, unreadable)).to.match(
      new RegExp(`left: the template of ${unreadable.name} cannot be read: .*1999`),
    )
    expect([code, await engineOf(unreadable)]).to.deep.equal([1, 'legacy'])
    expect(output).to.include('2 moved to convergence, 1 left.')
    await one.update(content)
    await one.reaches('UPDATE_COMPLETE')
    expect((await one.events()).slice(-2)).to.deep.equal(['S UPDATE_IN_PROGRESS', 'S UPDATE_COMPLETE'])
  })

  it('moves stacks to and from the engine of a third party, which may refuse, with its own rows in the same transaction', async () => {
    await db.query('CREATE TABLE shelf (stack_id uuid PRIMARY KEY)')
    const onShelf = async (): Promise<string[]> =>
      (await db.query<{ id: string }>('SELECT stack_id AS id FROM shelf')).map(({ id }) => id)
    const [fits, odd, stuck] = await Promise.all(
      [name(), `odd${name()}`, `stuck${name()}`].map(async title => {
        const stack = await daemon.api().create(title, template({ a: test() }))
        await stack.reaches('CREATE_COMPLETE')
        return stack
      }),
    )
    if (fits === undefined || odd === undefined || stuck === undefined) throw new Error('three were made')
    const there = ['--to', 'shelf', '--plugin', shelf]
    const { code, output } = await migrate(fits.name, odd.name, stuck.name, ...there)
    expect(row(output, odd)).to.match(new RegExp(`legacy +left: ${odd.name} does not fit$`))
    expect([code, await engineOf(odd)]).to.deep.equal([1, 'legacy'])
    expect(await onShelf()).to.have.members([fits.id, stuck.id])

    const refused = await fits.update(template({}))
    expect([refused.status, refused.body.error.message]).to.deep.equal([503, refused.body.error.message])
    expect(refused.body.error.message).to.match(/runs on the engine 'shelf', which no loaded plugin provides/)
    const unknown = await migrate(fits.name)
    expect(row(unknown.output, fits)).to.match(/shelf +left: no loaded plugin provides its engine 'shelf'/)

    const back = await migrate(fits.name, stuck.name, '--plugin', shelf)
    expect(row(back.output, stuck)).to.match(new RegExp(`shelf +left: ${stuck.name} is stuck$`))
    expect([back.code, await engineOf(fits), await engineOf(stuck)]).to.deep.equal([1, 'convergence', 'shelf'])
    expect(await onShelf()).to.deep.equal([stuck.id])
    await db.query(`UPDATE stack SET engine = 'legacy' WHERE id = $1`, [stuck.id])
  })

  it('says what is wrong with its arguments', async () => {
    const wrong = async (...args: string[]) => {
      const { code, output } = await migrate(...args)
      return [code, output.trim()]
    }
    expect(await wrong()).to.deep.equal([1, 'ERROR: Name stacks, or say --all.'])
    expect(await wrong('x', '--all')).to.deep.equal([1, 'ERROR: Name stacks, or say --all.'])
    expect((await wrong('x', '--to', 'legacy', '--back'))[1]).to.match(/exclude each other/)
    expect((await wrong('x', '--to', 'nobody'))[1]).to.match(/No loaded plugin provides the engine 'nobody'; loaded: /)
    expect((await wrong('x', '--wait-seconds', 'long'))[1]).to.match(/expected whole seconds/)
  })
})
