import { expect } from 'chai'
import type { Body, Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { family, file, inside } from './kit/nested.js'
import { listed } from './kit/preview.js'
import { addsOne, type Resource, random, template, test, value } from './kit/templates.js'

eachEngine('a preview of stacks inside', ({ daemon, name }) => {
  /** What is to become of each resource of a tree, e.g. `n/w deleted`, `n replaced (unchanged)`: that it may be instead. */
  const preview = async (stack: Stack, content: unknown, files: object = {}): Promise<string[]> => {
    return (await listed(stack, content, files, '?show_nested=true'))
      .flatMap(([kind, list]) =>
        list.map(({ resource_name, parent_resource, may_be }) => {
          const path = parent_resource === undefined ? resource_name : `${parent_resource}/${resource_name}`
          return `${path} ${kind}${may_be === undefined ? '' : ` (${may_be})`}`
        }),
      )
      .sort()
  }

  it('tells what is changed only because something secret goes into its stack now', async () => {
    const parameters = { p: { type: 'string' }, q: { type: 'string' } }
    const of = (name: string) => test({ value: { get_param: name } })
    const files = { 'inner.yaml': file({ w: of('p'), z: of('q') }, {}, parameters) }
    const around = (r: Resource) =>
      template({ r, n: { type: 'inner.yaml', properties: { p: { get_attr: ['r', 'value'] }, q: 'same' } } })
    const stack = await daemon()
      .api()
      .create(name(), around(value('x')), { files })
    await stack.reaches('CREATE_COMPLETE')
    const [next, before] = [around(random()), (await family(stack)).seen]
    expect(await preview(stack, next, files)).to.deep.equal([
      'n updated',
      'n/w updated (unchanged,replaced)',
      'n/z updated',
      'r replaced',
    ])
    await stack.update(next, { files })
    await stack.reaches('UPDATE_COMPLETE')
    expect((await family(stack, before)).updates).to.include.members(['n/w', 'n/z'])
  })

  it('is quiet where nothing changes: neither a stack inside, nor what is read outside', async () => {
    const files = { 'inner.yaml': file({ w: test() }, { said: { get_attr: ['w', 'output'] } }) }
    const of = (text: string) =>
      template({
        n: { type: 'inner.yaml' },
        b: value({ get_attr: ['n', 'said'] }),
        a: test({ value: text }),
        c: value({ get_attr: ['a', 'output'] }),
        x: {
          type: 'OS::Heat::AutoScalingGroup',
          properties: { min_size: 1, max_size: 2, resource: { type: 'OS::Heat::TestResource' } },
        },
        p: addsOne('x'),
      })
    const stack = await daemon().api().create(name(), of('same'), { files })
    await stack.reaches('CREATE_COMPLETE')
    const [member] = Object.keys(await (await inside(stack, 'x')).resources())
    const through = ['n updated', 'x updated']
    const same = ['a', 'b', 'c', 'n/w', 'p', `x/${member}`].map(path => `${path} unchanged`)
    expect(await preview(stack, of('same'), files)).to.deep.equal([...through, ...same].sort())
    const { resource_changes: root } = (await stack.api.send('PATCH', `${stack.path}/preview`, {})).body
    expect(root.unchanged.map((one: Body) => one.resource_name)).to.have.members(['a', 'b', 'c', 'p'])
    // What changes may reach all that reads it, and what stands in a stack inside is what others read.
    expect(await preview(stack, of('other'), files)).to.include.members(['a updated', 'c updated (unchanged)'])
    const says = { 'inner.yaml': file({ w: test() }, { said: 'something else' }) }
    expect(await preview(stack, of('same'), says)).to.include('b updated (unchanged)')
    const before = (await family(stack)).seen
    await stack.update(of('same'), { files })
    await stack.reaches('UPDATE_COMPLETE')
    expect((await family(stack, before)).updates.filter(one => /^\/[abcp]$|\/w$/.test(one))).to.deep.equal([])
  })

  it('lists what is deleted where a resource is no stack any more, and what is added where it becomes one', async () => {
    const files = { 'inner.yaml': file({ w: test() }) }
    const [nested, alone] = [template({ n: { type: 'inner.yaml' } }), template({ n: test() })]
    const stack = await daemon().api().create(name(), nested, { files })
    await stack.reaches('CREATE_COMPLETE')
    expect(await preview(stack, alone)).to.deep.equal(['n replaced', 'n/w deleted'])
    await stack.update(alone)
    await stack.reaches('UPDATE_COMPLETE')
    expect(await preview(stack, nested, files)).to.deep.equal(['n replaced', 'n/w added'])
  })
})
