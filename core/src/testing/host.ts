import 'reflect-metadata'
import type { Option } from '@hearth/config'
import { coreMigrations, HearthDatabase, migrate } from '@hearth/db'
import { TestServer } from '@hearth/db/testing'
import { ContainerModule } from 'inversify'
import { Host } from '../host/host.js'
import { definePlugin, Engine, Lifecycle, ResourceType } from '../plugin/index.js'

/** An engine that does nothing, but for what the test says. */
export const idleEngine = (name: string, does: Partial<Engine> = {}): Engine => ({
  name,
  overlapping: true,
  afterCrash: 'fails',
  start: async () => undefined,
  stop: async () => undefined,
  accept: async () => undefined,
  wake: async () => undefined,
  nodes: async () => [],
  enter: async () => undefined,
  leave: async () => undefined,
  ...does,
})

export interface RunningHost {
  readonly host: Host
  readonly db: HearthDatabase
  /** As its engines get it. */
  readonly lifecycle: Lifecycle
  readonly stop: () => Promise<void>
}

/** A host with these engines and resource types, on a database of its own. */
export async function startHost(
  engines: readonly Engine[],
  get: <T>(option: Option<T>) => T = option => option.default,
  types: readonly ResourceType[] = [],
): Promise<RunningHost> {
  const server = await TestServer.start()
  const db = new HearthDatabase({ url: await server.createDatabase(), maxPoolSize: 4 })
  await migrate(db, [coreMigrations])
  let lifecycle: Lifecycle | undefined
  const contributions = new ContainerModule(({ bind }) => {
    for (const engine of engines) {
      bind(Engine).toDynamicValue(context => {
        lifecycle = context.get(Lifecycle)
        return engine
      })
    }
    for (const type of types) bind(ResourceType).toConstantValue(type)
  })
  const quiet = (): void => undefined
  const host = await Host.build({
    db,
    plugins: [definePlugin({ name: 'engines-of-a-test', apiVersion: 1, contributions })],
    options: { get },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    encryptionKey: 'k'.repeat(32),
  })
  return {
    host,
    db,
    lifecycle: lifecycle as unknown as Lifecycle,
    async stop() {
      await db.close()
      await server.stop()
    },
  }
}
