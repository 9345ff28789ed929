import { existsSync } from 'node:fs'
import { expect } from 'chai'
import type { Api, Stack } from './kit/api.js'
import { abandoned, abandoning, adopting, fromHeat, idsOf, three } from './kit/adoption.js'
import { drawerOf } from './kit/drawer.js'
import { eachEngine } from './kit/engines.js'
import { clear, hooksAt, pausedAt } from './kit/hooks.js'
import { file, insideSoon } from './kit/nested.js'
import { temporaryFolder } from './kit/state.js'
import { template, test } from './kit/templates.js'

eachEngine('a stack that is abandoned', ({ daemon, name, engine, whenKilled }) => {
  const created = async () => {
    const stack = await daemon()
      .api()
      .create(name(), three, { parameters: { p: 'secret' }, tags: 'x' })
    await stack.reaches('CREATE_COMPLETE')
    return stack
  }

  it('answers its data, which an export answers too, and forgets its resources', async () => {
    const stack = await created()
    const exported = (await stack.api.get(`${stack.path}/export`)).body
    expect(exported).to.deep.include({ name: stack.name, id: stack.id, template: three, tags: ['x'], files: {} })
    expect(exported.environment).to.deep.equal({
      parameters: { p: 'secret' },
      parameter_defaults: {},
      resource_registry: { resources: {} },
      event_sinks: [],
    })
    expect(exported.resources.made).to.deep.include({
      name: 'made',
      type: 'OS::Heat::TestResource',
      action: 'CREATE',
      status: 'COMPLETE',
      metadata: { note: 'n' },
      resource_data: { value: 'secret' },
    })
    expect(await stack.show()).to.include({ stack_status: 'CREATE_COMPLETE' })
    const answer = await abandoning(stack)
    expect(answer.status).to.equal(200)
    expect(answer.body).to.deep.equal(exported)
    await stack.reaches('DELETE_COMPLETE')
    expect((await stack.events()).filter(event => event.startsWith('made'))).to.deep.equal([
      'made CREATE_IN_PROGRESS',
      'made CREATE_COMPLETE',
      'made DELETE_IN_PROGRESS',
      'made DELETE_COMPLETE',
    ])
  })

  it('does not call the types of its resources, and is not refused by what would fail', async () => {
    // A delete would wait for an hour.
    const slow = template({ a: test({ action_wait_secs: { create: 0, delete: 3600 } }) })
    const stack = await daemon().api().create(name(), slow)
    await stack.reaches('CREATE_COMPLETE')
    await abandoning(stack)
    await stack.reaches('DELETE_COMPLETE')
  })

  it('is not, while an operation runs', async () => {
    const stack = await daemon()
      .api()
      .create(name(), template({ a: test({ wait_secs: 600, action_wait_secs: { delete: 0 } }) }))
    const { status, body } = await abandoning(stack)
    expect([status, body.error.type]).to.deep.equal([409, 'ActionInProgress'])
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  const folder = temporaryFolder()

  it('leaves what its data name, and deletes what an update that failed had replaced, also inside', async () => {
    const drawers = (label: string, fail: boolean) => ({
      template: template({ a: drawerOf(folder, 'text', { label }), n: { type: 'n.yaml', depends_on: 'a' } }),
      files: {
        'n.yaml': file({
          b: drawerOf(folder, 'text', { label }),
          c: test({ value: label, fail }, { depends_on: 'b' }),
        }),
      },
    })
    const before = drawers('one', false)
    const stack = await daemon().api().create(name(), before.template, { files: before.files })
    await stack.reaches('CREATE_COMPLETE')
    const inside = await insideSoon(stack, 'n')
    const paths = async () => [(await idsOf(stack)).a as string, (await idsOf(inside)).b as string]
    const replaced = await paths()
    const after = drawers('two', true)
    await stack.update(after.template, { files: after.files })
    await stack.reaches('UPDATE_FAILED')
    const made = await paths()
    expect([...replaced, ...made].map(path => existsSync(path))).to.deep.equal([true, true, true, true])
    const { resources } = await abandoned(stack)
    expect([resources.a.resource_id, resources.n.resources.b.resource_id]).to.deep.equal(made)
    expect([...replaced, ...made].map(path => existsSync(path))).to.deep.equal([false, false, true, true])
  })

  /** A stack that is being abandoned: a hook stops it before it lets go of its drawer. */
  const underWay = async (api: Api): Promise<[Stack, string]> => {
    const content = template({ a: drawerOf(folder, 'text') }, { path: { get_resource: 'a' } })
    const stack = await api.create(name(), content, { environment: hooksAt('pre-delete') })
    await stack.reaches('CREATE_COMPLETE')
    const { path } = await stack.outputs()
    expect((await abandoning(stack)).status).to.equal(200)
    await pausedAt(stack, 'a', 'pre-delete')
    return [stack, path]
  }
  const goesOn = async (stack: Stack): Promise<void> => {
    await pausedAt(stack, 'a', 'pre-delete')
    expect((await clear(stack, 'a', 'pre-delete')).status).to.equal(200)
    await stack.reaches('DELETE_COMPLETE')
  }

  it('lets nothing else begin meanwhile but a delete, which leaves alone what was to be left', async () => {
    const [stack, path] = await underWay(daemon().api())
    const type = async (answer: Promise<{ status: number; body: { error: { type: string } } }>) => {
      const { status, body } = await answer
      return [status, body.error.type]
    }
    expect(await type(abandoning(stack))).to.deep.equal([409, 'ActionInProgress'])
    expect(await type(stack.update(template({})))).to.deep.equal([400, 'NotSupported'])
    expect(await type(stack.action('check'))).to.deep.equal([400, 'NotSupported'])
    expect((await stack.delete()).status).to.equal(204)
    await goesOn(stack)
    expect(existsSync(path)).to.equal(true)
  })

  whenKilled(
    engine.afterCrash === 'resumes'
      ? 'goes on so after a crash'
      : 'is left FAILED by a crash; a delete leaves alone what was to be left',
    async first => {
      const [stack, path] = await underWay(first.api())
      return {
        afterwards: async second => {
          const again = second.api().again(stack)
          if (engine.afterCrash === 'fails') {
            expect((await again.reaches('DELETE_FAILED')).stack_status_reason).to.equal(
              'Engine went down during stack DELETE',
            )
            expect((await again.delete()).status).to.equal(204)
          }
          await goesOn(again)
          expect(existsSync(path)).to.equal(true)
        },
      }
    },
  )
})

eachEngine(
  'abandon, export and adopt',
  ({ daemon, name }) => {
    it('are refused unless the operator allows them', async () => {
      const stack = await daemon().api().create(name(), template({}))
      await stack.reaches('CREATE_COMPLETE')
      for (const [method, path] of [
        ['DELETE', 'abandon'],
        ['GET', 'export'],
      ] as const) {
        const { status, body } = await stack.api.send(method, `${stack.path}/${path}`)
        expect([status, body.error.message]).to.deep.equal([400, 'Stack Abandon is not supported.'])
      }
      const { status, body } = await adopting(stack.api, name(), fromHeat)
      expect([status, body.error.message]).to.deep.equal([400, 'Stack Adopt is not supported.'])
    })
  },
  { 'DEFAULT:enable_stack_adopt': 'false', 'DEFAULT:enable_stack_abandon': 'false' },
)
