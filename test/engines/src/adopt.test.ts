import { expect } from 'chai'
import type { Api, Body, Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { random, template, test, value } from './kit/templates.js'

const three = {
  ...template(
    {
      key: random(),
      said: value({ list_join: ['-', ['it is', { get_attr: ['key', 'value'] }]] }),
      made: test({ value: { get_param: 'p' } }, { metadata: { note: 'n' } }),
    },
    { said: { get_attr: ['said', 'value'] }, made: { get_attr: ['made', 'output'] } },
  ),
  parameters: { p: { type: 'string', hidden: true } },
}

/** What Heat's own abandon answers for such a stack (heat/engine/stack.py, `prepare_abandon`). */
const fromHeat = {
  name: 'from-heat',
  id: '7b5e2a1c-0d3f-4b52-9d2b-6f0f1a2b3c4d',
  action: 'CREATE',
  status: 'COMPLETE',
  template: three,
  environment: {
    parameters: { p: 'of heat' },
    parameter_defaults: {},
    resource_registry: { resources: {} },
    event_sinks: [],
    encrypted_param_names: [],
  },
  files: {},
  project_id: '5f1c9a0e',
  stack_user_project_id: '9e8d7c6b',
  tags: null,
  resources: {
    key: {
      name: 'key',
      resource_id: 'from-heat-key-abcdefghijkl',
      type: 'OS::Heat::RandomString',
      action: 'CREATE',
      status: 'COMPLETE',
      metadata: {},
      resource_data: { value: 'made-by-heat' },
    },
    said: {
      name: 'said',
      resource_id: 'from-heat-said-abcdefghijkl',
      type: 'OS::Heat::Value',
      action: 'CREATE',
      status: 'COMPLETE',
      metadata: {},
      resource_data: {},
    },
    made: {
      name: 'made',
      resource_id: 'from-heat-made-abcdefghijkl',
      type: 'OS::Heat::TestResource',
      action: 'UPDATE',
      status: 'COMPLETE',
      metadata: { note: 'of heat' },
      resource_data: { value: 'stored by heat' },
    },
  },
}

const adopting = (api: Api, name: string, data: unknown, more: object = {}) =>
  api.send('POST', '/stacks', { stack_name: name, adopt_stack_data: JSON.stringify(data), timeout: null, ...more })

async function adopted(api: Api, name: string, data: unknown, more: object = {}): Promise<Stack> {
  const { status, body } = await adopting(api, name, data, more)
  if (status !== 201) throw new Error(`adopting ${name} was refused: ${JSON.stringify(body)}`)
  return api.stack(name, body.stack.id)
}

const ids = (resources: Record<string, Body>): Record<string, string> =>
  Object.fromEntries(Object.entries(resources).map(([name, one]) => [name, one.physical_resource_id]))

const allowed = { 'DEFAULT:enable_stack_adopt': 'true', 'DEFAULT:enable_stack_abandon': 'true' }

eachEngine(
  'a stack that is abandoned',
  ({ daemon, name, another, engine }) => {
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
      const answer = await stack.api.send('DELETE', `${stack.path}/abandon`)
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
      await stack.api.send('DELETE', `${stack.path}/abandon`)
      await stack.reaches('DELETE_COMPLETE')
    })

    it('is not, while an operation runs', async () => {
      const stack = await daemon()
        .api()
        .create(name(), template({ a: test({ wait_secs: 600, action_wait_secs: { delete: 0 } }) }))
      const { status, body } = await stack.api.send('DELETE', `${stack.path}/abandon`)
      expect([status, body.error.type]).to.deep.equal([409, 'ActionInProgress'])
      await stack.delete()
      await stack.reaches('DELETE_COMPLETE')
    })

    it('is adopted again: nothing is made, all is as it was', async () => {
      const stack = await created()
      const before = { ids: ids(await stack.resources()), outputs: await stack.outputs() }
      const { body } = await stack.api.send('DELETE', `${stack.path}/abandon`)
      await stack.reaches('DELETE_COMPLETE')
      const again = await adopted(stack.api, name(), body)
      const shown = await again.reaches('ADOPT_COMPLETE')
      expect(shown.stack_status_reason).to.equal('Stack ADOPT completed successfully')
      expect({ ids: ids(await again.resources()), outputs: await again.outputs() }).to.deep.equal(before)
      const events = await again.events()
      expect(events[0]).to.equal('S ADOPT_IN_PROGRESS')
      expect(events.at(-1)).to.equal('S ADOPT_COMPLETE')
      expect(events.filter(event => /^(made|said|key)/.test(event))).to.have.members(
        ['made', 'said', 'key'].flatMap(one => [`${one} ADOPT_IN_PROGRESS`, `${one} ADOPT_COMPLETE`]),
      )
      // It is a stack like any other.
      await again.update(three, { parameters: { p: 'changed' } })
      await again.reaches('UPDATE_COMPLETE')
      expect(await again.outputs()).to.deep.equal({ ...before.outputs, made: 'changed' })
      expect(ids(await again.resources())).to.deep.equal(before.ids)
      await again.delete()
      await again.reaches('DELETE_COMPLETE')
    })

    it('is adopted again from the data of a template in the other format', async () => {
      const content = {
        AWSTemplateFormatVersion: '2010-09-09',
        Resources: { made: { Type: 'OS::Heat::TestResource', Properties: { value: 'v' } } },
        Outputs: { made: { Value: { 'Fn::GetAtt': ['made', 'output'] } } },
      }
      const stack = await daemon().api().create(name(), content)
      await stack.reaches('CREATE_COMPLETE')
      const before = ids(await stack.resources())
      const { body } = await stack.api.send('DELETE', `${stack.path}/abandon`)
      expect(body.template).to.deep.equal(content)
      await stack.reaches('DELETE_COMPLETE')
      const again = await adopted(stack.api, name(), body)
      await again.reaches('ADOPT_COMPLETE')
      expect({ ids: ids(await again.resources()), outputs: await again.outputs() }).to.deep.equal({
        ids: before,
        outputs: { made: 'v' },
      })
    })

    it('may come from Heat', async () => {
      const stack = await adopted(daemon().api(), name(), fromHeat, { parameters: { p: 'of the request' } })
      await stack.reaches('ADOPT_COMPLETE')
      expect(await stack.outputs()).to.deep.equal({ said: 'it is-made-by-heat', made: 'stored by heat' })
      expect((await stack.resources()).made.physical_resource_id).to.equal('from-heat-made-abcdefghijkl')
      expect((await stack.api.get(`${stack.path}/resources/made/metadata`)).body.metadata).to.deep.equal({
        note: 'of heat',
      })
    })

    const broken = () => {
      const { resource_id: _, ...made } = fromHeat.resources.made
      return { ...fromHeat, resources: { ...fromHeat.resources, made } }
    }

    it('is not adopted without the ids of its resources', async () => {
      const stack = await adopted(daemon().api(), name(), broken())
      const shown = await stack.reaches('ADOPT_FAILED')
      expect(shown.stack_status_reason).to.equal(
        'Resource ADOPT failed: Exception: resources.made: Resource ID was not provided.',
      )
      expect((await stack.resources()).made.resource_status).to.equal('ADOPT_FAILED')
    })

    it('is forgotten again, and not deleted, by the rollback of its adoption', async () => {
      const data = broken()
      const slow = { ...three.resources.said, ...test({ action_wait_secs: { delete: 3600 } }) }
      const held = { ...data, template: { ...three, outputs: {}, resources: { ...three.resources, said: slow } } }
      const stack = await adopted(daemon().api(), name(), held, { disable_rollback: false })
      await stack.reaches('ROLLBACK_COMPLETE')
      expect(await stack.resources()).to.deep.equal({})
    })

    it('says what is wrong with the data, and stores nothing', async () => {
      const api = daemon().api()
      for (const [data, why] of [
        [{ ...fromHeat, template: undefined }, /^Invalid adopt data: 'template'/],
        [{ ...fromHeat, resources: { made: { resource_id: 7 } } }, /^Invalid adopt data: resources.made.resource_id/],
        [
          { ...fromHeat, resources: { nest: { template: {}, resources: { a: 1 } } } },
          /^Invalid adopt data: resources.nest.resources.a is not a map/,
        ],
        ['no map', /^Invalid adopt data: it is not a map/],
      ] as const) {
        const { status, body } = await adopting(api, name(), data)
        expect(status).to.equal(400)
        expect(body.error.message).to.match(why)
      }
    })

    it(`goes on, or fails, after a crash as every operation does (${engine.afterCrash})`, async () => {
      const first = await another({ options: allowed })
      const stack = await adopted(first.api(), name(), fromHeat)
      await first.end('SIGKILL')
      const second = await another({ stateDir: first.stateDir, options: allowed })
      const again = second.api().stack(stack.name, stack.id)
      const { stack_status } = await again.settled()
      expect(engine.afterCrash === 'resumes' ? ['ADOPT_COMPLETE'] : ['ADOPT_COMPLETE', 'ADOPT_FAILED']).to.include(
        stack_status,
      )
      if (stack_status === 'ADOPT_COMPLETE') return
      // What was not adopted yet is adopted by the update: it is never made a second time.
      await again.update(three, { parameters: { p: 'stored by heat' } })
      await again.reaches('UPDATE_COMPLETE')
      expect(ids(await again.resources())).to.include({ key: 'from-heat-key-abcdefghijkl' })
    })
  },
  allowed,
)

eachEngine('abandon, export and adopt', ({ daemon, name }) => {
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
})
