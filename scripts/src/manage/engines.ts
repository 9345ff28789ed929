import { Host, PluginError, systemClock } from '@hearth/core'
import type { Logger } from '@hearth/core/plugin'
import type { HearthDatabase } from '@hearth/db'
import { encryptionKey, type Runtime, withPlugins } from '../runtime.js'

const toStderr = (_fields: object, message: string): void => {
  process.stderr.write(`${message}\n`)
}
/** Standard output belongs to what the tool answers. */
const log: Logger = { debug: () => undefined, info: () => undefined, warn: toStderr, error: toStderr }

/** Hearth's own engines, which this package depends on. */
const ownEngines = ['@hearth/legacy-engine', '@hearth/convergence-engine']

/**
 * The daemon's host, never started: its engines do no work here. If an engine is needed that the configuration leaves out,
 * Hearth's own are loaded too: a stack must be able to leave an engine that the
 * daemons do not load any more. @throws PluginError
 */
export async function hostFor(
  needed: readonly string[],
  runtime: Runtime,
  db: HearthDatabase,
): Promise<{ host: Host; runtime: Runtime }> {
  const host = await build(runtime, db)
  if (needed.every(name => host.engines.find(name) !== undefined)) return { host, runtime }
  let more = runtime
  for (const name of ownEngines) {
    try {
      more = await withPlugins(more, [name])
    } catch (error) {
      // It is not installed; that an engine is missing is said of the stacks that need it.
      if (!(error instanceof PluginError)) throw error
    }
  }
  return { host: await build(more, db), runtime: more }
}

const build = async (runtime: Runtime, db: HearthDatabase): Promise<Host> =>
  Host.build({
    db,
    options: runtime.configuration,
    plugins: runtime.plugins,
    log,
    encryptionKey: await encryptionKey(runtime, db),
    clock: systemClock,
  })
