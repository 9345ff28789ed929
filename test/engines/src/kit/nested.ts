import { expect } from 'chai'
import type { Api, Body, Stack } from './api.js'
import { type Resource, template, test } from './templates.js'
import { until } from './until.js'

/** The text of a template file: JSON is fine. */
export const file = (resources: object, outputs: object = {}, parameters: object = {}): string =>
  JSON.stringify({ ...template(resources as never, outputs as never), parameters })

/** The text of a template whose output `said` is what its parameter `text` is. */
export const inner = (properties: object = {}): string =>
  file(
    { a: test({ value: { get_param: 'text' }, ...properties }) },
    { said: { get_attr: ['a', 'output'] } },
    { text: { type: 'string' } },
  )

/** A stack with that one inside, as `inner.yaml`, and a resource that reads it. */
export const outer = (text: string) =>
  template(
    { nest: { type: 'inner.yaml', properties: { text } }, after: test({ value: { get_attr: ['nest', 'said'] } }) },
    { said: { get_attr: ['nest', 'said'] }, after: { get_attr: ['after', 'output'] } },
  )

/** Resources with stacks inside, of types that need no file: two groups, and a chain of two. */
export const nesting = {
  group: {
    type: 'OS::Heat::ResourceGroup',
    properties: { count: 2, resource_def: { type: 'OS::Heat::TestResource' } },
  },
  scaled: {
    type: 'OS::Heat::AutoScalingGroup',
    properties: { min_size: 1, max_size: 2, resource: { type: 'OS::Heat::TestResource' } },
  },
  chain: {
    type: 'OS::Heat::ResourceChain',
    properties: { resources: ['OS::Heat::TestResource', 'OS::Heat::TestResource'] },
  },
} satisfies Record<string, Resource>

/** The stack inside a resource. */
export async function inside(stack: Stack, resource: string): Promise<Stack> {
  const { links } = (await stack.resources())[resource]
  const { href } = links.find(({ rel }: { rel: string }) => rel === 'nested')
  const [name = '', id = ''] = href.split('/').slice(-2)
  return stack.api.stack(name, id)
}

/** The live resources of a stack and of those inside, by `<resource of the stack around>/<name>`, with their updates. */
export async function family(
  stack: Stack,
  since = 0,
): Promise<{ resources: Map<string, Body>; updates: string[]; seen: number }> {
  const { resources } = (await stack.api.get(`${stack.path}/resources?nested_depth=5`)).body
  const { events } = (await stack.api.get(`${stack.path}/events?nested_depth=5&sort_dir=asc`)).body
  const stackOf = ({ links }: Body): string => links.find(({ rel }: Body) => rel === 'stack').href
  const around = new Map<string, string>(resources.map((one: Body) => [stackOf(one), one.parent_resource ?? '']))
  const updated = events.slice(since).filter((one: Body) => one.resource_status === 'UPDATE_COMPLETE')
  return {
    resources: new Map(resources.map((one: Body) => [`${one.parent_resource ?? ''}/${one.resource_name}`, one])),
    updates: updated.map((one: Body) => `${around.get(stackOf(one))}/${one.resource_name}`),
    seen: events.length,
  }
}

/** Waits until a resource has a stack inside. */
export const insideSoon = (stack: Stack, resource: string): Promise<Stack> =>
  until(`a stack inside ${resource}`, 10_000, () => inside(stack, resource).catch(() => undefined))

/** Expects that neither the stack nor any inside of it is listed any more. */
export async function nothingIsLeft(api: Api, stack: Stack): Promise<void> {
  const { stacks } = (await api.get(`/stacks?show_nested=true`)).body
  const names = stacks.map((one: Body) => one.stack_name).filter((name: string) => name.startsWith(stack.name))
  expect(names).to.deep.equal([])
}

/** The states of all live resources of a stack and of those inside, by path, e.g. `/nest`, `nest/a`. */
export async function familyStates(stack: Stack): Promise<Record<string, string>> {
  const { resources } = await family(stack)
  return Object.fromEntries([...resources].map(([path, { resource_status }]) => [path, resource_status]))
}

/** Waits until nothing in a tree is under way: neither a resource, nor the stack, nor one inside. @returns the states of all. */
export const familySettles = (stack: Stack): Promise<Record<string, string>> =>
  until(`all that is inside ${stack.name} to settle`, 20_000, async () => {
    const { stacks } = (await stack.api.get('/stacks?show_nested=true')).body
    const own = stacks.filter(({ stack_name }: Body) => stack_name.startsWith(stack.name))
    const states = await familyStates(stack)
    const all = [...own.map(({ stack_status }: Body) => stack_status), ...Object.values(states)]
    return all.some(state => state.endsWith('_IN_PROGRESS')) ? undefined : states
  })
