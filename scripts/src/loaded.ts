import { Clock, type HearthPlugin, isPlugin, Logger, Options, ResourceType, SoftwareConfigs } from '@hearth/core/plugin'
import { Container } from 'inversify'

/** Imports a plugin's package. @throws Error that names it if its default export is no plugin. */
export async function loaded(name: string): Promise<HearthPlugin> {
  const { default: plugin } = (await import(name)) as { default?: unknown }
  if (!isPlugin(plugin)) throw new Error(`${name}: expected a plugin as its default export.`)
  return plugin
}

/**
 * The resource types of a plugin as they are without a host: options have their defaults, time stands still, and nothing
 * is logged or kept. Their schemas ask for no more.
 */
export async function typesOf({ contributions }: HearthPlugin): Promise<ResourceType[]> {
  const container = new Container({ defaultScope: 'Singleton' })
  const silent = (): void => undefined
  container.bind(Options).toConstantValue({ get: option => option.default })
  container.bind(Clock).toConstantValue({ now: () => 0, after: () => silent })
  container.bind(Logger).toConstantValue({ debug: silent, info: silent, warn: silent, error: silent })
  container.bind(SoftwareConfigs).toConstantValue({} as SoftwareConfigs)
  await container.loadAsync(contributions)
  return container.isBound(ResourceType) ? container.getAll(ResourceType) : []
}
