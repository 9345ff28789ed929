import { expect } from 'chai'
import type { Body, Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { Random } from './kit/random.js'
import { type Resource, random, template, test, value } from './kit/templates.js'

type Kind = 'unchanged' | 'updated' | 'replaced' | 'added' | 'deleted'
interface Preview {
  readonly kind: Kind
  /** What it may be instead. */
  readonly may: readonly Kind[]
}

async function preview(stack: Stack, content: unknown): Promise<Map<string, Preview>> {
  const { status, body } = await stack.api.send('PUT', `${stack.path}/preview`, { template: content })
  expect(status, JSON.stringify(body)).to.equal(200)
  const lists = Object.entries(body.resource_changes) as [Kind, Body[]][]
  expect(lists.map(([kind]) => kind)).to.have.members(['unchanged', 'updated', 'replaced', 'added', 'deleted'])
  return new Map(
    lists.flatMap(([kind, list]) => list.map(one => [one.resource_name, { kind, may: one.may_be ?? [] }] as const)),
  )
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
})
