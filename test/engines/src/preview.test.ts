import { expect } from 'chai'
import type { Body, Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { family, file, inside } from './kit/nested.js'
import { Random } from './kit/random.js'
import { type Resource, random, template, test, value } from './kit/templates.js'

type Kind = 'unchanged' | 'updated' | 'replaced' | 'added' | 'deleted'
interface Preview {
  readonly kind: Kind
  /** What it may be instead. */
  readonly may: readonly Kind[]
}

async function listed(stack: Stack, content: unknown, files: object = {}, query = ''): Promise<[Kind, Body[]][]> {
  const { status, body } = await stack.api.send('PUT', `${stack.path}/preview${query}`, { template: content, files })
  expect(status, JSON.stringify(body)).to.equal(200)
  const lists = Object.entries(body.resource_changes) as [Kind, Body[]][]
  expect(lists.map(([kind]) => kind)).to.have.members(['unchanged', 'updated', 'replaced', 'added', 'deleted'])
  return lists
}

async function preview(stack: Stack, content: unknown): Promise<Map<string, Preview>> {
  const lists = await listed(stack, content)
  return new Map(
    lists.flatMap(([kind, list]) => list.map(one => [one.resource_name, { kind, may: one.may_be ?? [] }] as const)),
  )
}

/** The same of the whole tree; of a stack that is replaced, the resources of both are listed. */
async function previewAll(stack: Stack, content: unknown, files: object): Promise<Map<string, Preview>> {
  const all = new Map<string, Preview>()
  for (const [kind, list] of await listed(stack, content, files, '?show_nested=true')) {
    for (const one of list) {
      const path = `${one.parent_resource ?? ''}/${one.resource_name}`
      const other = all.get(path)
      expect([kind, other?.kind], path).not.to.deep.equal([kind, kind])
      all.set(path, {
        kind: other === undefined ? kind : 'replaced',
        may: [...(other?.may ?? []), ...(one.may_be ?? [])],
      })
    }
  }
  return all
}

async function happensInAll(stack: Stack, content: unknown, files: object): Promise<Map<string, Kind>> {
  const before = await family(stack)
  await stack.update(content, { files })
  await stack.reaches('UPDATE_COMPLETE')
  const after = await family(stack, before.seen)
  const kindOf = (path: string): Kind => {
    const [was, is] = [before.resources.get(path), after.resources.get(path)]
    if (was === undefined) return 'added'
    if (is === undefined) return 'deleted'
    if (was.physical_resource_id !== is.physical_resource_id) return 'replaced'
    return after.updates.includes(path) ? 'updated' : 'unchanged'
  }
  return new Map([...before.resources.keys(), ...after.resources.keys()].map(path => [path, kindOf(path)]))
}

/** A template with stacks inside, two levels deep, that read from what is beside them. */
function nest(chance: Random): { content: unknown; files: object } {
  const read = () => chance.pick<unknown>(['one', 'two', { get_attr: ['a', 'output'] }, { get_resource: 'a' }])
  const given = () => chance.pick<unknown>(['text', { get_param: 'text' }])
  const text = { text: { type: 'string', default: 'one' } }
  const low = file({ x: value(given()), y: random({ salt: given() }) }, {}, text)
  const mid = {
    ...JSON.parse(
      file(
        {
          p: test({ value: given() }),
          q: value({ get_attr: ['p', 'output'] }),
          r: random({ salt: given() }),
          ...(chance.chance(0.5) ? { s: { ...value('here'), condition: 'one' } } : {}),
          low: { type: 'low.yaml', properties: { text: given() } },
        },
        {},
        text,
      ),
    ),
    conditions: { one: { equals: [{ get_param: 'text' }, 'one'] } },
  }
  const group = {
    type: 'OS::Heat::ResourceGroup',
    properties: {
      count: chance.between(1, 3),
      resource_def: { type: 'OS::Heat::RandomString', properties: { salt: read() } },
    },
  }
  const chain = {
    type: 'OS::Heat::ResourceChain',
    properties: { resources: ['OS::Heat::Value', 'OS::Heat::Value'], resource_properties: { value: read() } },
  }
  const content = template({
    a: test({ value: chance.pick(['1', '1', '2']) }),
    mid: { type: 'mid.yaml', properties: { text: read() } },
    ...(chance.chance(0.7) ? { group } : {}),
    ...(chance.chance(0.7) ? { chain } : {}),
  } as never)
  return { content, files: { 'mid.yaml': JSON.stringify(mid), 'low.yaml': low } }
}

/** Updates, and tells from what can be seen outside what happened to each resource. */
async function happens(stack: Stack, content: unknown): Promise<Map<string, Kind>> {
  const before = await stack.resources()
  const seen = (await stack.events()).length
  await stack.update(content)
  await stack.reaches('UPDATE_COMPLETE')
  const after = await stack.resources()
  const updated = new Set((await stack.events()).slice(seen).filter(event => event.endsWith(' UPDATE_COMPLETE')))
  const kindOf = (name: string): Kind => {
    if (before[name] === undefined) return 'added'
    if (after[name] === undefined) return 'deleted'
    if (before[name].physical_resource_id !== after[name].physical_resource_id) return 'replaced'
    return updated.has(`${name} UPDATE_COMPLETE`) ? 'updated' : 'unchanged'
  }
  return new Map(Object.keys({ ...before, ...after }).map(name => [name, kindOf(name)]))
}

const names = ['a', 'b', 'c', 'd', 'e']

/** A template whose resources read from one another; most of them are as they were in the one before. */
function evolve(chance: Random, before: Record<string, Resource>): Record<string, Resource> {
  const next: Record<string, Resource> = {}
  for (const name of names.filter(() => chance.chance(0.8))) {
    const earlier = Object.keys(next)
    const was = before[name]
    const readable =
      was !== undefined &&
      earlier.join() ===
        Object.keys(before)
          .filter(one => one < name)
          .join()
    if (readable && chance.chance(0.5)) next[name] = was
    else next[name] = another(chance, earlier, next)
  }
  return next
}

function another(chance: Random, earlier: readonly string[], next: Record<string, Resource>): Resource {
  const from = earlier.length === 0 ? undefined : chance.pick(earlier)
  const attribute = from !== undefined && next[from]?.type === 'OS::Heat::TestResource' ? 'output' : 'value'
  const read =
    from === undefined || chance.chance(0.5)
      ? `text ${chance.below(2)}`
      : chance.pick<unknown>([{ get_resource: from }, { get_attr: [from, attribute] }])
  return chance.pick([
    () => value(read),
    () => test({ value: read }),
    () => test({ value: 'fixed', update_replace_value: read }),
    () => random({ salt: read }),
  ])()
}

eachEngine('the preview of an update', ({ daemon, name }) => {
  it('that is certain is what happens; a "may" becomes only what it allowed', async () => {
    const chance = new Random(5)
    let content = evolve(chance, {})
    const stack = await daemon().api().create(name(), template(content))
    await stack.reaches('CREATE_COMPLETE')
    let certain = 0
    for (let round = 1; round <= 6; round++) {
      content = evolve(chance, content)
      const foreseen = await preview(stack, template(content))
      const happened = await happens(stack, template(content))
      expect([...foreseen.keys()], `round ${round}`).to.have.members([...happened.keys()])
      for (const [resource, { kind, may }] of foreseen) {
        expect([kind, ...may], `${resource} in round ${round}`).to.include(happened.get(resource))
        if (may.length === 0) certain++
      }
    }
    expect(certain).to.be.greaterThan(10)
  })

  it('is so in the stacks inside, too', async () => {
    const chance = new Random(11)
    const first = nest(chance)
    const stack = await daemon().api().create(name(), first.content, { files: first.files })
    await stack.reaches('CREATE_COMPLETE')
    let certain = 0
    for (let round = 1; round <= 6; round++) {
      const { content, files } = nest(chance)
      const foreseen = await previewAll(stack, content, files)
      const happened = await happensInAll(stack, content, files)
      expect([...foreseen.keys()], `round ${round}`).to.include.members([...happened.keys()])
      for (const [path, { kind, may }] of foreseen) {
        // What is perhaps added may stay away.
        const became = happened.get(path) ?? 'unchanged'
        expect([kind, ...may], `${path} in round ${round}`).to.include(became)
        if (may.length === 0) certain++
      }
    }
    expect(certain).to.be.greaterThan(40)
  })

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
    expect(body.resource_changes.unchanged.map((one: Body) => one.resource_name)).to.include('d')
    expect(
      body.resource_changes.updated.concat(body.resource_changes.replaced).map((one: Body) => one.may_be),
    ).to.deep.equal([['unchanged'], ['updated', 'unchanged']])
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
      body.stack.resources.map((one: Body) => [one.resource_name, one.properties.value, one.required_by]),
    ).to.deep.equal([
      ['a', 'given', ['b']],
      ['b', null, []],
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
