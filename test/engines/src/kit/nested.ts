import type { Body, Stack } from './api.js'
import { template } from './templates.js'
import { until } from './until.js'

/** The text of a template file: JSON is fine. */
export const file = (resources: object, outputs: object = {}, parameters: object = {}): string =>
  JSON.stringify({ ...template(resources as never, outputs as never), parameters })

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
