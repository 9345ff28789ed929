import type { ListedWorker } from '@hearth/db'

type Loaded = Pick<ListedWorker, 'hostname' | 'plugins'>

/** How the plugins of other workers differ from `own`, in words, one for each worker. Pure. */
export function unlikePlugins(own: readonly string[], others: readonly Loaded[]): string[] {
  return others.flatMap(({ hostname, plugins }) => {
    const lacks = own.filter(name => !plugins.includes(name))
    const more = plugins.filter(name => !own.includes(name))
    if (lacks.length === 0 && more.length === 0) return []
    const parts = [
      ...(lacks.length > 0 ? [`lacks ${lacks.join(', ')}`] : []),
      ...(more.length > 0 ? [`has ${more.join(', ')}, which this one lacks`] : []),
    ]
    return [`a worker on ${hostname} ${parts.join(', and ')}`]
  })
}
