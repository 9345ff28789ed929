import { expect } from 'chai'
import { eachEngine } from './kit/engines.js'
import { template, test } from './kit/templates.js'

eachEngine('an environment that gives types other meanings', kit => {
  const of = (resource_registry: object) => ({ environment: { resource_registry } })
  const mine = (value: string) =>
    template({ a: test({ value }, { type: 'My::Type' }) }, { a: { get_attr: ['a', 'output'] } })

  it('carries a resource out by another type, and shows the one of the template', async () => {
    const alias = of({ 'My::*': 'OS::Heat::TestRes*', 'My::Type': 'OS::Heat::TestResource' })
    const api = kit.daemon().api()
    const stack = await api.create(kit.name(), mine('1'), alias)
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ a: '1' })
    const before = (await stack.resources()).a
    expect(before.resource_type).to.equal('My::Type')
    expect((await api.get(`${stack.path}/events`)).body.events[0].resource_status).to.equal('CREATE_COMPLETE')

    await stack.update(mine('2'), alias)
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.resources()).a.physical_resource_id).to.equal(before.physical_resource_id)
    expect(await stack.outputs()).to.deep.equal({ a: '2' })

    expect((await api.send('PATCH', stack.path, { parameters: {} })).status).to.equal(202)
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.resources()).a.physical_resource_id).to.equal(before.physical_resource_id)
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('replaces a resource when another type is to carry it out, and not for another name of the same', async () => {
    const stack = await kit
      .daemon()
      .api()
      .create(kit.name(), mine('1'), of({ 'My::Type': 'OS::Heat::TestResource' }))
    await stack.reaches('CREATE_COMPLETE')
    const before = (await stack.resources()).a
    await stack.update(template({ a: test({ value: '1' }) }))
    await stack.reaches('UPDATE_COMPLETE')
    const renamed = (await stack.resources()).a
    expect(renamed).to.include({
      physical_resource_id: before.physical_resource_id,
      resource_type: 'OS::Heat::TestResource',
    })
    await stack.update(
      template({ a: test({ value: '1' }, { type: 'My::Type' }) }),
      of({ 'My::Type': 'OS::Heat::Value' }),
    )
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.resources()).a.physical_resource_id).not.to.equal(before.physical_resource_id)
  })

  it('puts nothing in the place of a type, whatever that may be told of deletion and updates', async () => {
    const content = template({
      volume: { type: 'OS::Cinder::Volume', properties: { size: 1 }, deletion_policy: 'Snapshot' },
      group: { type: 'OS::Heat::InstanceGroup', update_policy: { RollingUpdates: { MaxBatchSize: '1' } } },
    })
    const nothing = of({ 'OS::Cinder::*': 'OS::Heat::None', 'OS::Heat::InstanceGroup': 'OS::Heat::None' })
    const stack = await kit.daemon().api().create(kit.name(), content, nothing)
    await stack.reaches('CREATE_COMPLETE')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('is refused, with the place, where it says nothing that can be done', async () => {
    const refusal = async (registry: object) => {
      const { status, body } = await kit
        .daemon()
        .api()
        .send('POST', '/stacks', { stack_name: kit.name(), template: mine('1'), ...of(registry) })
      return `${status} ${body.error.type} ${body.error.message}`
    }
    expect(await refusal({ 'My::Tpye': 'OS::Heat::Value' })).to.equal(
      '400 StackValidationFailed The Resource Type (My::Type) could not be found. Did you mean My::Tpye?',
    )
    expect(await refusal({ 'My::Type': 5 })).to.contain('environment.resource_registry.My::Type')
    expect(await refusal({ 'My::Type': 'Other', Other: 'My::Type' })).to.contain('My::Type -> Other -> My::Type')
    expect(await refusal({ resources: { a: { hooks: 'now' } } })).to.contain('400 InvalidBreakPointHook')
    expect(await refusal({ resources: { a: { restricted_actions: 'x' } } })).to.contain('400 InvalidRestrictedAction')
  })
})
