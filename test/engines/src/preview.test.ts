import { expect } from 'chai'
import type { Body } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { file, inside } from './kit/nested.js'
import { type Kind, listed, preview } from './kit/preview.js'
import { random, template, test, value } from './kit/templates.js'

eachEngine('the preview of an update', ({ daemon, name }) => {
  it('shows stacks inside only when asked to, each resource with its stack, and what cannot be told of them', async () => {
    const group = (count: unknown) =>
      template({
        a: test({ value: count }),
        g: {
          type: 'OS::Heat::ResourceGroup',
          properties: { count: { get_attr: ['a', 'output'] }, resource_def: { type: 'OS::Heat::None' } },
        },
      } as never)
    const stack = await daemon().api().create(name(), group('1'))
    await stack.reaches('CREATE_COMPLETE')
    const names = (lists: [Kind, Body[]][]) =>
      Object.fromEntries(lists.map(([kind, list]) => [kind, list.map(one => one.resource_name)]))
    const nothing = { unchanged: [], updated: [], replaced: [], added: [], deleted: [] }
    expect(names(await listed(stack, group('2')))).to.deep.equal({ ...nothing, updated: ['a', 'g'] })
    const all = await listed(stack, group('2'), {}, '?show_nested=true')
    expect(names(all)).to.deep.equal({ ...nothing, updated: ['a', 'g', '0'] })
    const [, g, member] = all.find(([kind]) => kind === 'updated')?.[1] ?? []
    expect(g?.resource_status_reason).to.equal('what is inside depends on values that are not known yet')
    const nested = await inside(stack, 'g')
    expect(member).to.deep.include({
      parent_resource: 'g',
      stack_name: nested.name,
      stack_identity: { tenant: 'demo', stack_name: nested.name, stack_id: nested.id, path: '' },
      may_be: ['unchanged', 'replaced', 'deleted'],
    })
  })

  it('says what may be otherwise, changes nothing, and takes PATCH', async () => {
    const of = (text: string) =>
      template({
        a: test({ value: text }),
        b: value({ get_attr: ['a', 'output'] }),
        c: random({ salt: { get_attr: ['a', 'output'] } }),
        d: value('same'),
      })
    const stack = await daemon().api().create(name(), of('one'), { parameters: {} })
    await stack.reaches('CREATE_COMPLETE')
    expect(Object.fromEntries(await preview(stack, of('two')))).to.deep.equal({
      a: { kind: 'updated', may: [] },
      b: { kind: 'updated', may: ['unchanged'] },
      c: { kind: 'replaced', may: ['updated', 'unchanged'] },
      d: { kind: 'unchanged', may: [] },
    })
    const { status, body } = await stack.api.send('PATCH', `${stack.path}/preview?show_nested=true`, {})
    expect(status).to.equal(200)
    const { unchanged, updated, replaced } = body.resource_changes
    expect(unchanged.map((one: Body) => one.resource_name)).to.have.members(['a', 'b', 'c', 'd'])
    expect([...updated, ...replaced]).to.deep.equal([])
    expect(await stack.show()).to.include({ stack_status: 'CREATE_COMPLETE' })
  })
})

eachEngine('the preview of a create', ({ daemon, name }) => {
  it('shows what is known of the stack, and stores nothing', async () => {
    const stack = name()
    const { status, body } = await daemon()
      .api()
      .send('POST', '/stacks/preview', {
        stack_name: stack,
        template: {
          ...template(
            { a: test({ value: { get_param: 'p' } }), b: value({ get_resource: 'a' }) },
            { known: { get_param: 'p' }, open: { get_attr: ['b', 'value'] } },
          ),
          parameters: { p: { type: 'string' } },
        },
        parameters: { p: 'given' },
        tags: 'x',
        timeout_mins: '5',
        disable_rollback: 'false',
      })
    expect(status, JSON.stringify(body)).to.equal(200)
    expect(body.stack).to.include({ id: 'None', stack_name: stack, timeout_mins: 5, disable_rollback: false })
    expect(body.stack).not.to.have.property('stack_status')
    expect(body.stack.parameters).to.include({ p: 'given', 'OS::stack_name': stack })
    expect(body.stack.outputs.map((one: Body) => [one.output_key, one.output_value])).to.deep.equal([
      ['known', 'given'],
      ['open', null],
    ])
    expect(
      body.stack.resources.map((one: Body) => [
        one.resource_name,
        one.properties.value,
        one.required_by,
        one.attributes,
      ]),
    ).to.deep.equal([
      ['a', 'given', ['b'], { output: null }],
      ['b', null, [], { value: null }],
    ])
    expect((await daemon().api().get(`/stacks/${stack}`)).status).to.equal(404)
  })

  it('has the list of its resources in the place of a stack inside, and refuses what that would', async () => {
    const stack = name()
    const asked = (type: string, count = 2) =>
      daemon()
        .api()
        .send('POST', '/stacks/preview', {
          stack_name: stack,
          template: template({
            nest: { type: 'inner.yaml', properties: { text: 'given' } },
            group: { type: 'OS::Heat::ResourceGroup', properties: { count, resource_def: { type: 'OS::Heat::None' } } },
            after: value({ get_attr: ['nest', 'said'] }),
          } as never),
          files: {
            'inner.yaml': file(
              { a: { type, properties: { value: { get_param: 'text' } } } },
              { said: 1 },
              { text: { type: 'string' } },
            ),
          },
        })
    const { status, body } = await asked('OS::Heat::Value')
    expect(status, JSON.stringify(body)).to.equal(200)
    const [[a], group, after] = body.stack.resources
    expect(a).to.deep.include({
      resource_name: 'a',
      parent_resource: 'nest',
      stack_name: `${stack}-nest`,
      properties: { value: 'given', type: null },
      resource_identity: { tenant: 'demo', stack_name: `${stack}-nest`, stack_id: 'None', path: '/resources/a' },
    })
    expect(group.map((one: Body) => one.resource_name)).to.deep.equal(['0', '1'])
    expect(after).to.include({ resource_name: 'after' }).and.not.to.have.property('parent_resource')
    expect((await asked('No::Such')).body.error.message).to.contain('resources.nest<inner.yaml>')
    expect((await asked('OS::Heat::Value', 1000)).body.error.message).to.contain(
      'Maximum resources per stack exceeded.',
    )
  })
})
