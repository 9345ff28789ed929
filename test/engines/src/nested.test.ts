import { expect } from 'chai'
import type { Api, Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { file, inside, insideSoon } from './kit/nested.js'
import { template, test, value, aWhile } from './kit/templates.js'
import { until } from './kit/until.js'

const inner = (properties: object = {}) =>
  file(
    { a: test({ value: { get_param: 'text' }, ...properties }) },
    { said: { get_attr: ['a', 'output'] } },
    { text: { type: 'string' } },
  )
const outer = (text: string) =>
  template(
    { nest: { type: 'inner.yaml', properties: { text } }, after: test({ value: { get_attr: ['nest', 'said'] } }) },
    { said: { get_attr: ['nest', 'said'] }, after: { get_attr: ['after', 'output'] } },
  )

const nothingIsLeft = async (api: Api, stack: Stack): Promise<void> => {
  const { stacks } = (await api.get(`/stacks?show_nested=true`)).body
  expect(
    stacks.map((one: { stack_name: string }) => one.stack_name).filter((name: string) => name.startsWith(stack.name)),
  ).to.deep.equal([])
}

eachEngine('a template file as a type', kit => {
  it('makes a stack inside, whose outputs are attributes; an update and a delete go through it', async () => {
    const api = kit.daemon().api()
    const files = { 'inner.yaml': inner() }
    const stack = await api.create(kit.name(), outer('one'), { files })
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ said: 'one', after: 'one' })
    const nested = await inside(stack, 'nest')
    const shown = await nested.show()
    expect(shown).to.include({ stack_status: 'CREATE_COMPLETE', parent: stack.id, disable_rollback: true })
    const { nest } = await stack.resources()
    expect(nest).to.include({ physical_resource_id: nested.id, resource_type: 'inner.yaml' })
    expect((await nested.resources()).a.parent_resource).to.equal('nest')
    expect((await api.get('/stacks')).body.stacks.map(({ id }: { id: string }) => id)).not.to.include(nested.id)

    expect((await stack.update(outer('two'), { files })).status).to.equal(202)
    await stack.reaches('UPDATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ said: 'two', after: 'two' })
    expect((await inside(stack, 'nest')).id).to.equal(nested.id)

    // A parent's update visits every nested stack: what is inside may have changed though the parent has not.
    await stack.update(outer('two'), {
      files: { 'inner.yaml': file({}, { said: 'three' }, { text: { type: 'string' } }) },
    })
    await stack.reaches('UPDATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ said: 'three', after: 'three' })
    expect(await nested.resources()).to.deep.equal({})

    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect((await nested.show()).stack_status).to.equal('DELETE_COMPLETE')
    await nothingIsLeft(api, stack)
  })

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

  it('fails with the joined path, and is mended by the next update', async () => {
    const files = (fail: boolean) => ({
      'mid.yaml': file({ low: { type: 'low.yaml' } }),
      'low.yaml': file({ c: test({ fail }) }),
    })
    const top = template({ top: { type: 'mid.yaml' } })
    const stack = await kit
      .daemon()
      .api()
      .create(kit.name(), top, { files: files(true) })
    const shown = await stack.reaches('CREATE_FAILED')
    expect(shown.stack_status_reason).to.equal(
      'Resource CREATE failed: ValueError: resources.top.resources.low.resources.c: Test Resource failed c',
    )
    await stack.update(top, { files: files(false) })
    await stack.reaches('UPDATE_COMPLETE')
  })

  it('is rolled back with its parent: updated back, or deleted', async () => {
    const files = { 'inner.yaml': inner() }
    const stack = await kit.daemon().api().create(kit.name(), outer('one'), { files })
    await stack.reaches('CREATE_COMPLETE')
    const next = outer('two')
    const failing = {
      ...next,
      resources: {
        ...next.resources,
        more: { type: 'inner.yaml', properties: { text: 'm' } },
        bad: test({ fail: true }, { depends_on: ['nest', 'more'] }),
      },
    }
    await stack.update(failing, { files, disable_rollback: false })
    await stack.reaches('ROLLBACK_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ said: 'one', after: 'one' })
    expect(Object.keys(await stack.resources())).to.have.members(['nest', 'after'])
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    await nothingIsLeft(stack.api, stack)
  })

  it('is stopped when its parent is cancelled or deleted', async () => {
    const files = {
      'inner.yaml': file({
        a: test({ wait_secs: 60, action_wait_secs: { delete: 0 } }),
        b: test({}, { depends_on: 'a' }),
      }),
    }
    const top = template({ nest: { type: 'inner.yaml' } })
    const stack = await kit.daemon().api().create(kit.name(), top, { files })
    const nested = await insideSoon(stack, 'nest')
    await nested.resourceReaches('a', 'CREATE_IN_PROGRESS')
    await stack.action('cancel_without_rollback')
    // An engine that ends a cancelled stack only when all that runs has ended awaits the stack inside, too.
    if ((await stack.show()).stack_status === 'CREATE_FAILED') {
      expect((await nested.reaches('CREATE_FAILED')).stack_status_reason).to.equal('Stack CREATE cancelled')
      await stack.resourceReaches('nest', 'CREATE_FAILED')
    }
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    await nothingIsLeft(stack.api, stack)
  })

  it('is replaced when its stack was deleted behind its back', async () => {
    const files = { 'inner.yaml': inner() }
    const stack = await kit.daemon().api().create(kit.name(), outer('one'), { files })
    await stack.reaches('CREATE_COMPLETE')
    const nested = await inside(stack, 'nest')
    await nested.delete()
    await nested.reaches('DELETE_COMPLETE')
    await stack.update(outer('one'), { files })
    await stack.reaches('UPDATE_COMPLETE')
    expect((await inside(stack, 'nest')).id).not.to.equal(nested.id)
    expect(await stack.outputs()).to.deep.equal({ said: 'one', after: 'one' })
  })

  it('follows its parent when another update comes while it works', async () => {
    const slow = (wait: number) => ({ 'inner.yaml': inner({ action_wait_secs: { update: wait } }) })
    const stack = await kit
      .daemon()
      .api()
      .create(kit.name(), outer('one'), { files: slow(0) })
    await stack.reaches('CREATE_COMPLETE')
    const nested = await inside(stack, 'nest')
    await stack.update(outer('two'), { files: slow(aWhile) })
    await nested.resourceReaches('a', 'UPDATE_IN_PROGRESS')
    const second = await stack.update(outer('three'), { files: slow(0) })
    expect(second.status).to.equal(kit.engine.overlapping ? 202 : 409)
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.outputs()).said).to.equal(kit.engine.overlapping ? 'three' : 'two')
    expect((await inside(stack, 'nest')).id).to.equal(nested.id)
  })

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

  it('is suspended, resumed and checked with its parent', async () => {
    const files = { 'inner.yaml': inner() }
    const stack = await kit.daemon().api().create(kit.name(), outer('one'), { files })
    await stack.reaches('CREATE_COMPLETE')
    const nested = await inside(stack, 'nest')
    for (const action of ['suspend', 'resume', 'check']) {
      await stack.action(action)
      await stack.reaches(`${action.toUpperCase()}_COMPLETE`)
      expect((await nested.show()).stack_status).to.equal(`${action.toUpperCase()}_COMPLETE`)
      expect((await nested.resources()).a.resource_status).to.equal(`${action.toUpperCase()}_COMPLETE`)
    }
  })

  it('outlives its daemon, or fails with it, as the engine has it; and is mended then', async () => {
    const daemon = await kit.another()
    const files = (wait: number) => ({ 'inner.yaml': inner({ wait_secs: wait }) })
    const stack = await daemon.api().create(kit.name(), outer('one'), { files: files(4) })
    const nested = await insideSoon(stack, 'nest')
    await nested.resourceReaches('a', 'CREATE_IN_PROGRESS')
    await daemon.end('SIGKILL')
    const next = await kit.another({ stateDir: daemon.stateDir })
    const again = next.api().stack(stack.name, stack.id)
    if (kit.engine.afterCrash === 'resumes') await again.reaches('CREATE_COMPLETE')
    else {
      expect((await again.reaches('CREATE_FAILED')).stack_status_reason).to.equal(
        'Engine went down during stack CREATE',
      )
      await again.update(outer('one'), { files: files(0) })
      await again.reaches('UPDATE_COMPLETE')
    }
    expect((await inside(again, 'nest')).id).to.equal(nested.id)
    expect(await again.outputs()).to.deep.equal({ said: 'one', after: 'one' })
    await again.delete()
    await again.reaches('DELETE_COMPLETE')
    await nothingIsLeft(again.api, again)
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
  })
})
