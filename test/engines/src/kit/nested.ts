import type { Stack } from './api.js'
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

/** Waits until a resource has a stack inside. */
export const insideSoon = (stack: Stack, resource: string): Promise<Stack> =>
  until(`a stack inside ${resource}`, 10_000, () => inside(stack, resource).catch(() => undefined))
