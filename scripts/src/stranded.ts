import type { Host } from '@hearth/core'
import { type EngineTrees, trees } from '@hearth/db'

/** Engines that hearth-manage brings itself, whatever the configuration loads. */
const ownEngines = new Set(['legacy', 'convergence'])

/** Names the stacks whose engine no loaded plugin provides, with the command that moves them. */
export async function reportStranded(host: Host): Promise<void> {
  for (const stranded of await trees.without(host.db, host.engines.names()))
    host.log.warn({ engine: stranded.engine }, textOf(stranded, host.engineOfNewStacks()))
}

/** Pure. */
export function textOf({ engine, count, names }: EngineTrees, to: string): string {
  const more = count > names.length ? `, and ${count - names.length} more` : ''
  const stacks = count === 1 ? '1 stack runs' : `${count} stacks run`
  return (
    `${stacks} on the engine '${engine}', which no loaded plugin provides: ${names.join(', ')}${more}. ` +
    `They can be read; operations on them are refused. Load its plugin again, or move them: ${commandOf(engine, to)}`
  )
}

function commandOf(from: string, to: string): string {
  const route = from === 'legacy' && to === 'convergence' ? '' : ` --from ${from} --to ${to}`
  const plugin = ownEngines.has(from) ? '' : ` --plugin <the package of ${from}>`
  return `npx --no-install hearth-manage migrate-convergence --all${route}${plugin}`
}
