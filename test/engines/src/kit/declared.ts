import 'reflect-metadata'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  bindEngineHost,
  Clock,
  Database,
  Engine,
  type HearthPlugin,
  isPlugin,
  Lifecycle,
  Logger,
  Options,
  Outcome,
  Plans,
  Workers,
} from '@hearth/core/plugin'
import { Container, type ServiceIdentifier } from 'inversify'

/** What an engine says of itself; a difference between engines is read from here, never skipped. */
export interface EngineUnderTest extends Pick<Engine, 'name' | 'overlapping' | 'afterCrash'> {
  /** The npm package that brings it. */
  readonly package: string
}

/** The packages of the engines that come with Hearth, which are known by short names. */
const packages: Readonly<Record<string, string>> = {
  legacy: '@hearth/legacy-engine',
  convergence: '@hearth/convergence-engine',
}

/**
 * Builds the engine that a package contributes, as a host does, but starts nothing: its services are asleep.
 * @param given an engine of Hearth, or an npm package as the working directory sees it.
 * @throws Error naming the package that is missing, is no plugin, or does not contribute one engine.
 */
export async function declarationOf(given: string): Promise<EngineUnderTest> {
  const name = packages[given] ?? given
  const plugin = await load(name)
  const container = new Container({ defaultScope: 'Singleton' })
  for (const [service, asleep] of sleeping) container.bind(service).toConstantValue(asleep)
  bindEngineHost(container)
  await container.loadAsync(plugin.contributions)
  const engines = container.isBound(Engine) ? container.getAll(Engine) : []
  const [engine] = engines
  if (engine === undefined || engines.length > 1) {
    const found = engines.map(one => one.name).join(', ') || 'none'
    throw new Error(`${name}: expected a plugin that contributes one engine; it contributes ${found}.`)
  }
  return { package: name, name: engine.name, overlapping: engine.overlapping, afterCrash: engine.afterCrash }
}

async function load(name: string): Promise<HearthPlugin> {
  // A package finds itself, too, by its own name.
  const file = createRequire(join(process.cwd(), 'any.js')).resolve(name)
  const { default: plugin } = (await import(pathToFileURL(file).href)) as { default?: unknown }
  if (isPlugin(plugin)) return plugin
  throw new Error(`${name}: its default export is not a Hearth plugin.`)
}

/** A service of which every method rejects: no engine may need it before it is started. */
const asleep = (): object =>
  new Proxy(
    {},
    {
      get: (_, method) =>
        // Something with a `then` would be taken for a promise.
        method === 'then'
          ? undefined
          : () => Promise.reject(new Error(`${String(method)} was called of a host that has not started the engine`)),
    },
  )

const sleeping: readonly (readonly [ServiceIdentifier<object>, object])[] = [
  [Database, asleep()],
  [Lifecycle, asleep()],
  [Outcome, asleep()],
  [Plans, asleep()],
  [Clock, { now: () => Date.now(), after: () => () => undefined } satisfies Clock],
  [Logger, { debug() {}, info() {}, warn() {}, error() {} } satisfies Logger],
  [Options, { get: option => option.default } satisfies Options],
  [Workers, { id: 'asleep', alive: false, onLost() {}, onDead() {} } satisfies Workers],
]
