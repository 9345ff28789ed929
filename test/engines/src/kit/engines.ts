import { Daemon, type DaemonInput } from './daemon.js'
import { declarationOf, type EngineUnderTest } from './declared.js'
import { engineNames, pluginsBeside } from './settings.js'

export type { EngineUnderTest } from './declared.js'

const engines: readonly EngineUnderTest[] = await Promise.all(engineNames().map(declarationOf))

export interface Kit {
  readonly engine: EngineUnderTest
  /** The daemon that the cases share. */
  readonly daemon: () => Daemon
  /** A daemon of a case's own, on the same engine; removed after the suite. */
  readonly another: (input?: Partial<DaemonInput>) => Promise<Daemon>
  /** A stack name that no other case uses. */
  readonly name: () => string
}

let names = 0

/** Suites that ask for the same share a daemon. */
const shared = new Map<string, Promise<Daemon>>()

after(async () => {
  for (const daemon of shared.values()) await (await daemon).remove()
})

/**
 * Runs a suite whole, once per engine that HEARTH_ENGINE names. A daemon loads no other engine than that one. Suites share
 * it, unless their `options` differ: a case leaves it as it was, and counts on nothing but the stacks it made.
 */
export function eachEngine(title: string, suite: (kit: Kit) => void, options: DaemonInput['options'] = {}): void {
  for (const engine of engines) {
    const start = (input: Partial<DaemonInput>): Promise<Daemon> =>
      Daemon.start({
        engine: engine.name,
        ...input,
        options: { 'DEFAULT:plugins': [engine.package, ...pluginsBeside()].join(','), ...input.options },
      })
    describe(`${title}, on ${engine.name}`, () => {
      let daemon: Daemon
      const own: Daemon[] = []
      before(async () => {
        const key = JSON.stringify([engine.name, options])
        const starting = shared.get(key) ?? start({ options })
        shared.set(key, starting)
        daemon = await starting
      })
      after(async () => {
        for (const one of own) await one.remove()
      })
      suite({
        engine,
        daemon: () => daemon,
        another: async (input = {}) => {
          const started = await start(input)
          own.push(started)
          return started
        },
        name: () => `s${++names}`,
      })
    })
  }
}
