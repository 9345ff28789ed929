import { expect } from 'chai'
import { eachEngine } from './kit/engines.js'
import { random, template, test, value } from './kit/templates.js'

const external = (id: unknown, more: object = {}) => ({ type: 'OS::Heat::TestResource', external_id: id, ...more })

eachEngine('a resource outside of its stack', ({ daemon, name }) => {
  const api = () => daemon().api()

  it('is adopted and looked at, and never changed nor deleted', async () => {
    const of = (text: string) =>
      template(
        {
          out: external('there', { properties: { value: text, wait_secs: 3600 } }),
          in: value({ get_resource: 'out' }),
        },
        { in: { get_attr: ['in', 'value'] } },
      )
    const stack = await api().create(name(), of('one'))
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ in: 'there' })
    const { out } = await stack.resources()
    expect(out).to.include({ physical_resource_id: 'there', resource_status: 'CHECK_COMPLETE' })
    const events = (await stack.events()).filter(event => event.startsWith('out'))
    expect(events.slice(0, 2)).to.deep.equal(['out ADOPT_IN_PROGRESS', 'out ADOPT_COMPLETE'])
    expect(events.at(-1)).to.equal('out CHECK_COMPLETE')
    await stack.update(of('two'))
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.events()).filter(event => event.startsWith('out'))).to.deep.equal(events)
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('cannot be another one', async () => {
    const stack = await api().create(name(), template({ out: external('there') }))
    await stack.reaches('CREATE_COMPLETE')
    const preview = await stack.api.send('PUT', `${stack.path}/preview`, {
      template: template({ out: external('elsewhere') }),
    })
    const why = 'Update to property external_id of out (OS::Heat::TestResource) is not supported.'
    expect([preview.status, preview.body.error.message]).to.deep.equal([400, why])
    await stack.update(template({ out: external('elsewhere') }))
    const shown = await stack.reaches('UPDATE_FAILED')
    expect(shown.stack_status_reason).to.equal(`Resource UPDATE failed: NotSupported: resources.out: ${why}`)
    await stack.update(template({ out: external('there') }))
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.resources()).out).to.include({
      physical_resource_id: 'there',
      resource_status: 'CHECK_COMPLETE',
    })
  })

  it('depends on nothing, and may be named by a parameter', async () => {
    const refused = await api().send('POST', '/stacks', {
      stack_name: name(),
      template: template({ a: test(), out: external('there', { depends_on: 'a' }) }),
    })
    expect([refused.status, refused.body.error.message]).to.deep.equal([
      400,
      'Invalid dependency with external OS::Heat::TestResource resource: there',
    ])
    const stack = await api().create(
      name(),
      {
        ...template({
          slow: random(),
          out: external({ get_param: 'id' }, { properties: { value: { get_resource: 'slow' } } }),
        }),
        parameters: { id: { type: 'string' } },
      },
      { parameters: { id: 'given' } },
    )
    await stack.reaches('CREATE_COMPLETE')
    const { out, slow } = await stack.resources()
    expect(out.physical_resource_id).to.equal('given')
    expect(slow.required_by).to.deep.equal([])
  })
})

eachEngine('the deletion policy', ({ daemon, name }) => {
  it('Retain keeps what the resource stands for; lower case is fine from 2016-10-14', async () => {
    const kept = template({ a: test({ action_wait_secs: { create: 0, delete: 3600 } }, { deletion_policy: 'retain' }) })
    const stack = await daemon().api().create(name(), kept)
    await stack.reaches('CREATE_COMPLETE')
    await stack.update(template({}))
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.events()).slice(-3)).to.deep.equal([
      'a DELETE_IN_PROGRESS',
      'a DELETE_COMPLETE',
      'S UPDATE_COMPLETE',
    ])
    const old = { ...kept, heat_template_version: '2015-10-15' }
    const refused = await daemon().api().send('POST', '/stacks', { stack_name: name(), template: old })
    expect(refused.body.error.message).to.equal(
      'Invalid deletion policy "retain" (it came with heat_template_version 2016-10-14)',
    )
  })

  it('Snapshot is for types that take it', async () => {
    const { status, body } = await daemon()
      .api()
      .send('POST', '/stacks', {
        stack_name: name(),
        template: template({ a: test({}, { deletion_policy: 'Snapshot' }) }),
      })
    expect([status, body.error.message]).to.deep.equal([
      400,
      'resources.a.deletion_policy: : "Snapshot" deletion policy not supported',
    ])
  })
})
