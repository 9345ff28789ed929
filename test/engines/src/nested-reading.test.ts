import { expect } from 'chai'
import { eachEngine } from './kit/engines.js'
import { file, inner, inside, insideSoon, nothingIsLeft, outer } from './kit/nested.js'
import { aWhile, template, test } from './kit/templates.js'

eachEngine('what a template file as a type reads, and lets others read', kit => {
  it('is told of the resource around: metadata and policies, as they are now', async () => {
    const facade = (what: string) =>
      test({ value: { str_replace: { template: '$x', params: { $x: { resource_facade: what } } } } })
    const files = {
      'inner.yaml': file(
        {
          a: facade('deletion_policy'),
          b: {
            ...test({ value: { list_join: ['-', [{ resource_facade: 'deletion_policy' }, 'b']] } }),
            metadata: { resource_facade: 'metadata' },
          },
        },
        {
          said: { resource_facade: 'metadata' },
          policy: { get_attr: ['a', 'output'] },
          update: { resource_facade: 'update_policy' },
        },
      ),
    }
    const outer = (role: string, deletion_policy = 'Delete') =>
      template(
        { nest: { type: 'inner.yaml', metadata: { role }, deletion_policy } },
        {
          said: { get_attr: ['nest', 'said'] },
          policy: { get_attr: ['nest', 'policy'] },
          update: { get_attr: ['nest', 'update'] },
        },
      )
    const stack = await kit.daemon().api().create(kit.name(), outer('web'), { files })
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ said: { role: 'web' }, policy: 'Delete', update: {} })
    await stack.update(outer('db', 'Retain'), { files })
    await stack.reaches('UPDATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ said: { role: 'db' }, policy: 'Retain', update: {} })
    const nested = await inside(stack, 'nest')
    expect((await nested.api.get(`${nested.path}/resources/b/metadata`)).body.metadata).to.deep.equal({ role: 'db' })

    // The stack inside knows it still when somebody updates it by itself; a root has nothing to be told of.
    expect((await nested.update(JSON.parse(files['inner.yaml']))).status).to.equal(202)
    await nested.reaches('UPDATE_COMPLETE')
    expect((await nested.outputs()).said).to.deep.equal({ role: 'db' })
    const root = { stack_name: kit.name(), template: JSON.parse(files['inner.yaml']) }
    const refused = await stack.api.send('POST', '/stacks', root)
    expect(refused.body.error.message).to.contain('It is only known inside of a resource')
    await stack.update(outer('db'), { files })
    await stack.reaches('UPDATE_COMPLETE')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    await nothingIsLeft(stack.api, stack)
  })

  it('is named by its resource from its beginning, and still when it has failed', async () => {
    const files = {
      'waits.yaml': file({ w: test({ wait_secs: aWhile }) }),
      'fails.yaml': file({ f: test({ fail: true }) }),
    }
    const stack = await kit
      .daemon()
      .api()
      .create(kit.name(), template({ nest: { type: 'waits.yaml' } }), { files })
    const waiting = await insideSoon(stack, 'nest')
    expect((await stack.resources()).nest).to.include({
      resource_status: 'CREATE_IN_PROGRESS',
      physical_resource_id: waiting.id,
    })
    await stack.reaches('CREATE_COMPLETE')
    expect((await stack.resources()).nest.physical_resource_id).to.equal(waiting.id)
    await stack.update(template({ other: { type: 'fails.yaml' } }), { files })
    await stack.reaches('UPDATE_FAILED')
    const failed = await inside(stack, 'other')
    expect((await stack.resources()).other).to.include({
      resource_status: 'CREATE_FAILED',
      physical_resource_id: failed.id,
    })
  })

  it('lets others refer to the resources inside', async () => {
    const files = {
      'inner.yaml': inner({ wait_secs: 0 }),
      'middle.yaml': file({
        nest: { type: 'inner.yaml', properties: { text: 'deep' } },
        secret: { type: 'OS::Heat::RandomString', properties: { length: 8 } },
        cfg: { type: 'OS::Heat::SoftwareConfig', properties: { config: 'x' } },
        dep: {
          type: 'OS::Heat::SoftwareDeployment',
          properties: { config: { get_resource: 'cfg' }, server: 's', signal_transport: 'NO_SIGNAL' },
        },
      }),
    }
    const read = (...asked: string[]) => ({ get_attr: ['m', ...asked] })
    const of = (asked: object) =>
      template(
        { m: { type: 'middle.yaml' }, after: test({ value: asked }) },
        {
          after: { get_attr: ['after', 'output'] },
          all: read('resource.secret', 'value'),
          secret: read('resource.secret.value'),
          id: read('resource.secret'),
          deep: read('resource.nest.resource.a.output'),
          none: read('resource.dep.deploy_stdout'),
        },
      )
    const api = kit.daemon().api()
    const stack = await api.create(kit.name(), of(read('resource.nest.said')), { files })
    await stack.reaches('CREATE_COMPLETE')
    const { after, all, secret, id, deep, none } = await stack.outputs()
    expect([after, deep, none]).to.deep.equal(['deep', 'deep', null])
    expect(secret).to.match(/^[A-Za-z0-9]{8}$/)
    expect([all, id]).to.deep.equal([secret, secret])
    const asked = `${stack.path}/resources/m?with_attr=resource.secret.value`
    expect((await api.get(asked)).body.resource.attributes).to.include({ 'resource.secret.value': secret })
    await stack.update(of(read('resource.secret.value')), { files })
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.outputs()).after).to.equal(secret)
    const refused = await api.send('POST', '/stacks', {
      stack_name: kit.name(),
      template: of(read('resource.nothing.said')),
      files,
    })
    expect(refused.body.error.message).to.contain('The Referenced Attribute (m resource.nothing.said) is incorrect.')
  })

  it('lets others refer to resources inside of those inside, in one name or by a path, through groups as well', async () => {
    const group = (type: string) => ({
      type: 'OS::Heat::ResourceGroup',
      properties: { count: 2, resource_def: { type } },
    })
    const said = { o: { get_attr: ['r', 'value'] } }
    const files = {
      'low.yaml': file({ r: { type: 'OS::Heat::Value', properties: { value: 'low' } } }, said),
      'mid.yaml': file(
        { r: { type: 'OS::Heat::Value', properties: { value: 'mid' } }, g: group('low.yaml'), i: { type: 'low.yaml' } },
        said,
      ),
    }
    const scaled = {
      type: 'OS::Heat::AutoScalingGroup',
      properties: { min_size: 2, max_size: 2, resource: { type: 'mid.yaml' } },
    }
    const expected: readonly (readonly [readonly (string | number)[], unknown])[] = [
      [['n', 'resource.i', 'resource.r', 'value'], 'low'],
      [
        ['n', 'resource.g', 'o'],
        ['low', 'low'],
      ],
      [['n', 'resource.g', 'resource.1', 'o'], 'low'],
      [['n', 'resource.g', 'resource.0', 'resource.r', 'value', 0], 'l'],
      [['g', 'resource.0', 'resource.r', 'value'], 'mid'],
      [['g', 'resource.0.resource.r', 'value'], 'mid'],
      [['g', 'attributes', 'resource.r', 'value'], { 0: 'mid', 1: 'mid' }],
      [['g', 'resource.1', 'resource.g', 'resource.0', 'o'], 'low'],
      [
        ['g', 'o', 0],
        ['m', 'm'],
      ],
      [['a', 'resource.1', 'resource.r', 'value'], 'mid'],
      [
        ['a', 'outputs_list', 'resource.i', 'o'],
        ['low', 'low'],
      ],
      [
        ['a', 'outputs_list', 'o', -1],
        ['d', 'd'],
      ],
      [['c', 'resource.0', 'resource.r', 'value'], 'mid'],
    ]
    const ask = (path: readonly (string | number)[]) => ({ get_attr: [...path] })
    const all = (last: object) =>
      template(
        {
          n: { type: 'mid.yaml' },
          g: group('mid.yaml'),
          a: scaled,
          c: { type: 'OS::Heat::ResourceChain', properties: { resources: ['mid.yaml'] } },
          after: { type: 'OS::Heat::Value', properties: { value: expected.map(([path]) => ask(path)) } },
        },
        { after: { get_attr: ['after', 'value'] }, now: expected.map(([path]) => ask(path)), last },
      )
    const api = kit.daemon().api()
    const stack = await api.create(kit.name(), all(ask(['n', 'resource.r', 'value'])), { files })
    await stack.reaches('CREATE_COMPLETE')
    const { after, now, last } = await stack.outputs()
    expect(now).to.deep.equal(expected.map(([, value]) => value))
    expect([after, last]).to.deep.equal([now, 'mid'])
    for (const [path, why] of [
      [['g', 'nope'], '(g nope)'],
      [['g', 'attributes', 'nope'], "(g ('attributes', 'nope'))"],
      [['g', 'resource.0', 'resource.r', 'nope'], "(g ('resource.0', 'resource.r', 'nope'))"],
      [['a', 'outputs_list', 'nope'], "(a ('outputs_list', 'nope'))"],
      [['n', 'resource.i', 'nope'], "(n ('resource.i', 'nope'))"],
      [['n', 'resource.i', 'resource.q', 'value'], "(n ('resource.i', 'resource.q', 'value'))"],
    ] as const) {
      const refused = await api.send('PUT', stack.path, { template: all(ask(path)), files })
      expect(refused.body.error.message).to.contain(`The Referenced Attribute ${why} is incorrect.`)
    }
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('hands the error of an output on to whoever asks for it', async () => {
    const bad = file({ a: test({ value: 'text' }) }, { said: { list_join: ['-', { get_attr: ['a', 'output'] }] } })
    const files = { 'inner.yaml': bad }
    const api = kit.daemon().api()
    const nest = { type: 'inner.yaml' }
    const stack = await api.create(kit.name(), template({ nest }, { said: { get_attr: ['nest', 'said'] } }), { files })
    const shown = await stack.reaches('CREATE_COMPLETE')
    const why = 'Error in nest output said: "list_join" must operate on a list'
    expect(shown.outputs[0]).to.include({ output_value: null, output_error: why })
    await stack.update(template({ nest, after: test({ value: { get_attr: ['nest', 'said'] } }) }), { files })
    expect((await stack.reaches('UPDATE_FAILED')).stack_status_reason).to.contain(
      `StackValidationFailed: resources.after: Property error: Properties.value: ${why}`,
    )
    await stack.update(outer('good'), { files: { 'inner.yaml': inner() } })
    await stack.reaches('UPDATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ said: 'good', after: 'good' })
  })

  it('lists resources and events across levels', async () => {
    const files = {
      'mid.yaml': file({ low: { type: 'low.yaml' }, b: test() }),
      'low.yaml': file({ c: test() }),
    }
    const stack = await kit
      .daemon()
      .api()
      .create(kit.name(), template({ top: { type: 'mid.yaml' } }), { files })
    await stack.reaches('CREATE_COMPLETE')
    const names = async (depth: number) =>
      (await stack.api.get(`${stack.path}/resources?nested_depth=${depth}`)).body.resources.map(
        (one: { resource_name: string }) => one.resource_name,
      )
    expect(await names(0)).to.deep.equal(['top'])
    expect(await names(1)).to.have.members(['top', 'low', 'b'])
    expect(await names(5)).to.have.members(['top', 'low', 'b', 'c'])
    const { events } = (await stack.api.get(`${stack.path}/events?nested_depth=2&sort_dir=asc`)).body
    const told = events.map(
      (one: { resource_name: string; resource_status: string }) => `${one.resource_name} ${one.resource_status}`,
    )
    expect(told.indexOf('c CREATE_COMPLETE')).to.be.lessThan(told.indexOf('low CREATE_COMPLETE'))
    expect(told.indexOf('low CREATE_COMPLETE')).to.be.lessThan(told.indexOf('top CREATE_COMPLETE'))
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    await nothingIsLeft(stack.api, stack)
  })
})
