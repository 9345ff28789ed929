import 'reflect-metadata'
import type { Option } from '@hearth/config'
import { coreMigrations, HearthDatabase, migrate } from '@hearth/db'
import { TestServer } from '@hearth/db/testing'
import { ContainerModule } from 'inversify'
import { Host } from '../host/host.js'
import { definePlugin, Engine } from '../plugin/index.js'

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

/** A host with these engines, on a database of its own. */
export async function startHost(
  engines: readonly Engine[],
  get: <T>(option: Option<T>) => T = option => option.default,
): Promise<{ readonly host: Host; readonly db: HearthDatabase; readonly stop: () => Promise<void> }> {
  const server = await TestServer.start()
  const db = new HearthDatabase({ url: await server.createDatabase(), maxPoolSize: 4 })
  await migrate(db, [coreMigrations])
  const contributions = new ContainerModule(({ bind }) => {
    for (const engine of engines) bind(Engine).toConstantValue(engine)
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
    async stop() {
      await db.close()
      await server.stop()
    },
  }
}
