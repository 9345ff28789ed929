import { expect } from 'chai'
import type { Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { inside, insideSoon } from './kit/nested.js'
import { template, test } from './kit/templates.js'

const group = (properties: object, type = 'OS::Heat::TestResource', value = 'v%index%') =>
  template(
    {
      g: {
        type: 'OS::Heat::ResourceGroup',
        properties: { resource_def: { type, properties: { value } }, ...properties },
      },
    },
    {
      refs: { get_attr: ['g', 'refs'] },
      map: { get_attr: ['g', 'attributes', 'output'] },
      list: { get_attr: ['g', 'output'] },
      one: { get_attr: ['g', 'resource.0.output'] },
      removed: { get_attr: ['g', 'removed_rsrc_list'] },
    },
  )

async function members(stack: Stack): Promise<Record<string, string>> {
  const { resources } = (await stack.api.get(`${stack.path}/resources?nested_depth=1`)).body
  return Object.fromEntries(
    resources
      .filter((one: { parent_resource?: string }) => one.parent_resource === 'g')
      .map((one: { resource_name: string; physical_resource_id: string }) => [
        one.resource_name,
        one.physical_resource_id,
      ]),
  )
}

eachEngine('a group of resources', kit => {
  it('has members that differ by their index, and their attributes', async () => {
    const stack = await kit
      .daemon()
      .api()
      .create(kit.name(), group({ count: 3 }))
    await stack.reaches('CREATE_COMPLETE')
    const { refs, ...rest } = await stack.outputs()
    expect(rest).to.deep.equal({
      map: { 0: 'v0', 1: 'v1', 2: 'v2' },
      list: ['v0', 'v1', 'v2'],
      one: 'v0',
      removed: [],
    })
    expect(refs).to.deep.equal(Object.values(await members(stack)))
  })

  it('grows, shrinks from the end, and never uses the index of a removed member again', async () => {
    const stack = await kit
      .daemon()
      .api()
      .create(kit.name(), group({ count: 2 }))
    await stack.reaches('CREATE_COMPLETE')
    const two = await members(stack)
    await stack.update(group({ count: 3, removal_policies: [{ resource_list: ['0'] }] }))
    await stack.reaches('UPDATE_COMPLETE')
    const three = await members(stack)
    expect(Object.keys(three)).to.deep.equal(['1', '2', '3'])
    expect(three['1']).to.equal(two['1'])
    expect((await stack.outputs()).removed).to.deep.equal(['0'])
    await stack.update(group({ count: 2, removal_policies: [{ resource_list: [three['2']] }] }))
    await stack.reaches('UPDATE_COMPLETE')
    expect(Object.keys(await members(stack))).to.deep.equal(['1', '3'])
    await stack.update(group({ count: 1 }))
    await stack.reaches('UPDATE_COMPLETE')
    expect(await members(stack)).to.deep.equal({ 1: two['1'] })
    expect((await stack.outputs()).removed).to.deep.equal(['0', '2'])
    await stack.update(group({ count: 0 }))
    await stack.reaches('UPDATE_COMPLETE')
    expect(await members(stack)).to.deep.equal({})
  })

  it('may have groups as members, whose own members have their attributes', async () => {
    const inner = (type: string, properties: object) => ({ type: `OS::Heat::${type}`, properties })
    const member = inner('TestResource', { value: 'v%outer%' })
    const of = (definition: object) => ({
      type: 'OS::Heat::ResourceGroup',
      properties: { count: 2, index_var: '%outer%', resource_def: definition },
    })
    const groups = template(
      {
        g: of(inner('ResourceGroup', { count: 2, resource_def: inner('TestResource', { value: 'v%outer%%index%' }) })),
        s: of(inner('AutoScalingGroup', { min_size: 2, max_size: 2, resource: member })),
      },
      {
        map: { get_attr: ['g', 'attributes', 'attributes', 'output'] },
        one: { get_attr: ['g', 'resource.1.resource.0.output'] },
        list: { get_attr: ['s', 'attributes', 'outputs_list', 'output'] },
        scaled: { get_attr: ['s', 'resource.1', 'resource.0', 'output'] },
      },
    )
    const stack = await kit.daemon().api().create(kit.name(), groups)
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({
      map: { 0: { 0: 'v00', 1: 'v01' }, 1: { 0: 'v10', 1: 'v11' } },
      one: 'v10',
      list: { 0: ['v0', 'v0'], 1: ['v1', 'v1'] },
      scaled: 'v1',
    })
  })

  it('is refused for a member that cannot be, unless there is none', async () => {
    const answer = async (properties: object, type?: string) => {
      const body = { stack_name: kit.name(), template: group(properties, type) }
      return (await kit.daemon().api().send('POST', '/stacks', body)).body.error?.message
    }
    expect(await answer({ count: 1 }, 'No::Such')).to.contain(
      'resources.g<nested_stack>: : The Resource Type (No::Such) could not be found.',
    )
    expect(await answer({ count: 0 }, 'No::Such')).to.equal(undefined)
    for (const count of [-1, 1e9, '9'.repeat(400)]) {
      expect(await answer({ count })).to.contain('resources.g.properties.count')
    }
    // The group is one of the thousand that a tree may have.
    expect(await answer({ count: 1000 })).to.contain('Maximum resources per stack exceeded.')
  })
})

eachEngine('a chain of resources', kit => {
  it('makes one after the other', async () => {
    const chain = template(
      {
        g: {
          type: 'OS::Heat::ResourceChain',
          properties: {
            resources: ['OS::Heat::TestResource', 'OS::Heat::TestResource'],
            resource_properties: { value: 'x' },
          },
        },
      },
      { list: { get_attr: ['g', 'output'] } },
    )
    const stack = await kit.daemon().api().create(kit.name(), chain)
    await stack.reaches('CREATE_COMPLETE')
    expect((await stack.outputs()).list).to.deep.equal(['x', 'x'])
    const { events } = (await stack.api.get(`${stack.path}/events?nested_depth=1&sort_dir=asc`)).body
    const told = events.map(
      (one: { resource_name: string; resource_status: string }) => `${one.resource_name} ${one.resource_status}`,
    )
    expect(told.indexOf('0 CREATE_COMPLETE')).to.be.lessThan(told.indexOf('1 CREATE_IN_PROGRESS'))
  })

  it('makes all at once if it may, grows and shrinks in place, and is another one if it may no more', async () => {
    const chain = (count: number, concurrent = true) =>
      template(
        {
          g: {
            type: 'OS::Heat::ResourceChain',
            properties: {
              resources: Array(count).fill('OS::Heat::TestResource'),
              concurrent,
              resource_properties: { value: 'x', action_wait_secs: { create: 1 } },
            },
          },
        },
        {
          map: { get_attr: ['g', 'attributes', 'output'] },
          refs: { get_attr: ['g', 'refs'] },
          second: { get_attr: ['g', 'resource.1'] },
        },
      )
    const stack = await kit.daemon().api().create(kit.name(), chain(3))
    const nested = await insideSoon(stack, 'g')
    // The last one has begun before the first one has ended.
    await nested.resourceReaches('2', 'CREATE_IN_PROGRESS')
    expect((await nested.resources())[0].resource_status).to.equal('CREATE_IN_PROGRESS')
    await stack.reaches('CREATE_COMPLETE')
    const { map, refs, second } = await stack.outputs()
    expect(map).to.deep.equal({ 0: 'x', 1: 'x', 2: 'x' })
    expect(second).to.equal(refs[1])
    await stack.update(chain(2))
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.outputs()).refs).to.deep.equal(refs.slice(0, 2))
    await stack.update(chain(2, false))
    await stack.reaches('UPDATE_COMPLETE')
    expect((await inside(stack, 'g')).id).not.to.equal(nested.id)
    expect((await stack.outputs()).refs).not.to.include(refs[0])
  })
})

eachEngine('a stack as a resource', kit => {
  it('comes from the text of a template, and has its outputs', async () => {
    const text = JSON.stringify({
      ...template({ a: test({ value: { get_param: 'p' } }) }, { said: { get_attr: ['a', 'output'] } }),
      parameters: { p: { type: 'string' } },
    })
    const of = (p: string) =>
      template(
        { s: { type: 'OS::Heat::Stack', properties: { template: text, parameters: { p } } } },
        {
          said: { get_attr: ['s', 'outputs', 'said'] },
          id: { get_resource: 's' },
          name: { get_attr: ['s', 'stack_name'] },
        },
      )
    const stack = await kit.daemon().api().create(kit.name(), of('one'))
    await stack.reaches('CREATE_COMPLETE')
    const { said, id, name } = await stack.outputs()
    expect(said).to.equal('one')
    expect((await stack.api.stack(name, id).show()).stack_status).to.equal('CREATE_COMPLETE')
    await stack.update(of('two'))
    await stack.reaches('UPDATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ said: 'two', id, name })
  })

  it('comes from a file that is sent, as CloudFormation writes it; none is fetched', async () => {
    const text = JSON.stringify({
      ...template({ a: test({ value: { get_param: 'p' } }) }, { said: { get_attr: ['a', 'output'] } }),
      parameters: { p: { type: 'string' } },
    })
    const url = 'http://example.com/inner.template'
    const of = (p: string, file = url) => ({
      HeatTemplateFormatVersion: '2012-12-12',
      Resources: {
        s: {
          Type: 'AWS::CloudFormation::Stack',
          Properties: { TemplateURL: file, TimeoutInMinutes: 7, Parameters: { p } },
        },
      },
      Outputs: { said: { Value: { 'Fn::GetAtt': ['s', 'Outputs.said'] } }, id: { Value: { Ref: 's' } } },
    })
    const files = { [url]: text }
    const api = kit.daemon().api()
    const stack = await api.create(kit.name(), of('one'), { files })
    await stack.reaches('CREATE_COMPLETE')
    const { said, id } = await stack.outputs()
    expect(said).to.equal('one')
    const nested = await inside(stack, 's')
    expect(id)
      .to.match(/^arn:openstack:heat::/)
      .and.to.contain(nested.id)
    expect(await nested.show()).to.include({ timeout_mins: 7 })
    await stack.update(of('two'), { files })
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.outputs()).said).to.equal('two')
    const elsewhere = { stack_name: kit.name(), template: of('one', 'http://example.com/other'), files }
    expect((await api.send('POST', '/stacks', elsewhere)).body.error.message).to.contain(
      "Resources.s<TemplateURL>: : Could not fetch remote template 'http://example.com/other': templates are not fetched here. Send its text in the files of the request, under this key",
    )
  })
})
