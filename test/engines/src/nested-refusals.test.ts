import { expect } from 'chai'
import { eachEngine } from './kit/engines.js'
import { file, inner, inside, nothingIsLeft } from './kit/nested.js'
import { template, test, value } from './kit/templates.js'
import { until } from './kit/until.js'

eachEngine('a template file as a type that is too much, or wrong', kit => {
  it("has resources that count as the parent's", async () => {
    const daemon = await kit.another({ options: { 'DEFAULT:max_resources_per_stack': '6' } })
    // What groups are known to have counts from the beginning, through all levels.
    const none = { type: 'OS::Heat::None' }
    const group = (count: unknown, resource_def: object = none) => ({
      type: 'OS::Heat::ResourceGroup',
      properties: { count, resource_def },
    })
    const thousand = { stack_name: kit.name(), template: template({ g: group(10, group(10, group(10))) }) }
    const refused = await daemon.api().send('POST', '/stacks', thousand)
    expect(refused.body.error.message).to.contain('Maximum resources per stack exceeded.')
    const full = await daemon.api().create(kit.name(), template({ one: group(2), two: group(2) }))
    await full.reaches('CREATE_COMPLETE')
    expect((await full.update(template({ one: group(2), two: group(3) }))).status).to.equal(400)
    // What is known only later counts then.
    const later = (count: number) => ({ n: value(count), two: group({ get_attr: ['n', 'value'] }) })
    await full.update(template(later(5)))
    expect((await full.reaches('UPDATE_FAILED')).stack_status_reason).to.equal(
      'Resource UPDATE failed: RequestLimitExceeded: resources.two: Request limit exceeded: Maximum resources per stack exceeded.',
    )
    expect(Object.keys(await (await inside(full, 'two')).resources())).to.deep.equal(['0', '1'])
    // What is no longer wanted does not count, though it is still there.
    await until('the stack to be free', 5000, async () =>
      (await full.update(template(later(4)))).status === 202 ? true : undefined,
    )
    await full.reaches('UPDATE_COMPLETE')
    // Nor does a stack inside grow by itself beyond what there is room for.
    const two = await inside(full, 'two')
    const more = template(Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`${index}`, none])))
    expect((await two.update(more)).body.error.type).to.equal('RequestLimitExceeded')
    // One that is replaced, and is there still, does not count beside the one that takes its place.
    await full.api.send('PATCH', `${full.path}/resources/two`, { mark_unhealthy: true })
    await full.update(template(later(4)))
    await full.reaches('UPDATE_COMPLETE')
    expect((await inside(full, 'two')).id).not.to.equal(two.id)
  })

  it('is one of many that are refused together, and nobody is kept from work by them', async () => {
    // None of them can tell how many there will be inside of it before it is there.
    const level = (type: string) => ({
      n: value(8),
      g: {
        type: 'OS::Heat::ResourceGroup',
        properties: { count: { get_attr: ['n', 'value'] }, resource_def: { type } },
      },
    })
    const files = { 'mid.yaml': file(level('low.yaml')), 'low.yaml': file(level('OS::Heat::None')) }
    const daemon = await kit.another({ options: { 'DEFAULT:max_resources_per_stack': '50' } })
    const stack = await daemon.api().create(kit.name(), template(level('mid.yaml')), { files })
    expect((await stack.reaches('CREATE_FAILED')).stack_status_reason).to.match(
      /^Resource CREATE failed: RequestLimitExceeded: resources\.g\..*: Request limit exceeded: Maximum resources per stack/,
    )
    expect(daemon.log).not.to.match(/drops its work|Engine went down/)
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    await nothingIsLeft(daemon.api(), stack)
  })

  it('is refused, with the path through the file, before anything is stored', async () => {
    const refusal = async (
      files: object,
      resources: object = { r: { type: 'r.yaml' } },
      resource_registry: object = {},
    ) => {
      const environment = { resource_registry }
      const body = { stack_name: kit.name(), template: template(resources as never), files, environment }
      const answer = await kit.daemon().api().send('POST', '/stacks', body)
      return `${answer.status} ${answer.body.error.message}`
    }
    expect(await refusal({ 'r.yaml': file({ a: test({ vaule: 1 }) }) })).to.contain(
      'resources.r<r.yaml>.resources.a.properties: : Unknown Property vaule',
    )
    expect(await refusal({ 'r.yaml': file({ a: { type: 'No::Such' } }) })).to.contain(
      'resources.r<r.yaml>: : The Resource Type (No::Such) could not be found.',
    )
    expect(await refusal({})).to.contain('Could not fetch remote template "r.yaml"')
    expect(await refusal({ 'r.yaml': 'a: [' })).to.contain('Error parsing template')
    expect(await refusal({ 'r.yaml': file({ r: { type: 'r.yaml' } }) })).to.contain('Recursion depth exceeds 5.')
    expect(await refusal({ 'r.yaml': inner() })).to.contain('Property text not assigned')
    const value = { r: { type: 'OS::Heat::Value', properties: { value: 1 } } }
    expect(
      await refusal({ 'r.yaml': file({}, {}, { value: { type: 'json' } }) }, value, { 'OS::*': 'r.yaml' }),
    ).to.equal('400 Attribute value for facade OS::Heat::Value missing in provider')
    // A file that the registry has for one resource alone must offer what the one does that it has for all.
    expect(
      await refusal(
        { 'all.yaml': file({}, { said: 1 }), 'r.yaml': file({}) },
        { r: { type: 'My::T' } },
        { 'My::T': 'all.yaml', resources: { r: { 'My::T': 'r.yaml' } } },
      ),
    ).to.equal('400 Attribute said for facade My::T missing in provider')
  })
})
