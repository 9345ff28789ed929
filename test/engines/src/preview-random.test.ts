import { expect } from 'chai'
import type { Stack } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { family, file } from './kit/nested.js'
import { type Kind, preview, previewAll } from './kit/preview.js'
import { Random } from './kit/random.js'
import { type Resource, random, template, test, value } from './kit/templates.js'

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

/** Of what is drawn, to try others. */
const seed = process.env.HEARTH_SEED === undefined ? undefined : Number(process.env.HEARTH_SEED)

const names = ['a', 'b', 'c', 'd', 'e']
/** May have conditions: nobody refers to them. */
const perhaps = ['b', 'd']

/** A template whose resources read from one another; most of them are as they were in the one before. */
function evolve(chance: Random, before: Record<string, Resource>): Record<string, Resource> {
  const next: Record<string, Resource> = {}
  for (const name of names.filter(() => chance.chance(0.8))) {
    const earlier = Object.keys(next)
    const was = before[name]
    const kinds = (of: Record<string, Resource>): string =>
      names
        .filter(one => one < name && of[one] !== undefined)
        .map(one => `${one} ${of[one]?.type}`)
        .join()
    const readable = was !== undefined && kinds(next) === kinds(before)
    if (readable && chance.chance(0.5)) next[name] = was
    else next[name] = { ...another(chance, earlier, next), ...around(chance, perhaps.includes(name)) }
  }
  return next
}

function another(chance: Random, earlier: readonly string[], next: Record<string, Resource>): Resource {
  const there = earlier.filter(name => !perhaps.includes(name))
  const from = there.length === 0 ? undefined : chance.pick(there)
  const attribute = from !== undefined && next[from]?.type === 'OS::Heat::TestResource' ? 'output' : 'value'
  const read =
    from === undefined || chance.chance(0.5)
      ? `text ${chance.below(2)}`
      : chance.pick<unknown>([{ get_resource: from }, { get_attr: [from, attribute] }])
  return chance.pick([
    () => value(read),
    () => test({ value: read }),
    // Replaced only if its value changes, too.
    () => test({ value: read, update_replace: true }),
    () => test({ value: 'fixed', update_replace_value: read }),
    () => random({ salt: read }),
  ])()
}

/** What stands beside the properties of a resource. Whether it is there may depend on a parameter. */
const around = (chance: Random, conditional: boolean): Partial<Resource> => ({
  ...(chance.chance(0.25) ? { deletion_policy: chance.pick(['Retain', 'Delete']) } : {}),
  ...(conditional && chance.chance(0.5)
    ? { condition: { equals: [{ get_param: 'which' }, chance.pick(['one', 'two'])] } }
    : {}),
  ...(chance.chance(0.25) ? { metadata: { note: chance.pick(['this', 'that']) } } : {}),
})

const withParameter = (resources: Record<string, Resource>, which: string) => ({
  ...template(resources),
  parameters: { which: { type: 'string', default: which } },
})

eachEngine('the preview of a random update', ({ daemon, name }) => {
  it('that is certain is what happens; a "may" becomes only what it allowed', async () => {
    const chance = new Random(seed ?? 5)
    let resources = evolve(chance, {})
    const stack = await daemon().api().create(name(), withParameter(resources, 'one'))
    await stack.reaches('CREATE_COMPLETE')
    let certain = 0
    for (let round = 1; round <= 10; round++) {
      resources = evolve(chance, resources)
      const content = withParameter(resources, chance.pick(['one', 'two']))
      const foreseen = await preview(stack, content)
      const happened = await happens(stack, content)
      expect([...foreseen.keys()], `round ${round}`).to.have.members([...happened.keys()])
      for (const [resource, { kind, may }] of foreseen) {
        expect([kind, ...may], `${resource} in round ${round}`).to.include(happened.get(resource))
        if (may.length === 0) certain++
      }
    }
    expect(certain).to.be.greaterThan(20)
  })

  it('is so in the stacks inside, too', async () => {
    const chance = new Random(seed ?? 11)
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
})
