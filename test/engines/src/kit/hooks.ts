import type { Stack } from './api.js'
import { until } from './until.js'

/** An environment with hooks at the resources of that name. */
export const hooksAt = (hooks: string | string[], pattern = 'a') => ({
  resource_registry: { resources: { [pattern]: { hooks } } },
})

/** Lets a resource go on. */
export const clear = (stack: Stack, resource: string, hook: string) =>
  stack.api.send('POST', `${stack.path}/resources/${resource}/signal`, { unset_hook: hook })

/** `name STATUS: reason` of all events that hooks have left. */
export async function hookEvents(stack: Stack): Promise<string[]> {
  const { events } = (await stack.api.get(`${stack.path}/events?sort_dir=asc`)).body
  return events
    .filter((event: { resource_status_reason: string }) => /Hook|waiting/.test(event.resource_status_reason))
    .map(
      (event: { resource_name: string; resource_status: string; resource_status_reason: string }) =>
        `${event.resource_name} ${event.resource_status}: ${event.resource_status_reason}`,
    )
}

/** Waits until the last that happened is that a resource came to a hook. */
export const pausedAt = (stack: Stack, resource: string, hook: string) =>
  until(`${resource} at ${hook}`, 10_000, async () => {
    const last = (await hookEvents(stack)).at(-1) ?? ''
    return last.startsWith(`${resource} `) && last.includes(`paused until Hook ${hook}`) ? true : undefined
  })
