import { Daemon, type DaemonInput } from './daemon.js'
import { declarationOf, type EngineUnderTest } from './declared.js'
import { engineNames, pluginsBeside } from './settings.js'

export type { EngineUnderTest } from './declared.js'

const engines: readonly EngineUnderTest[] = await Promise.all(engineNames().map(declarationOf))

export interface Kit {
  readonly engine: EngineUnderTest
  /** The daemon that the cases of a suite share. */
  readonly daemon: () => Daemon
  /** A daemon of a case's own, on the same engine; removed after the suite. */
  readonly another: (input?: Partial<DaemonInput>) => Promise<Daemon>
  /** A stack name that no other case uses. */
  readonly name: () => string
}

let names = 0

/** Runs a suite whole, once per engine that HEARTH_ENGINE names. A daemon loads no other engine than that one. */
export function eachEngine(title: string, suite: (kit: Kit) => void, options: DaemonInput['options'] = {}): void {
  for (const engine of engines) {
    const start = (input: Partial<DaemonInput>): Promise<Daemon> =>
      Daemon.start({
        engine: engine.name,
        ...input,
        options: { 'DEFAULT:plugins': [engine.package, ...pluginsBeside()].join(','), ...input.options },
      })
    describe(`${title}, on ${engine.name}`, () => {
      let shared: Daemon
      const own: Daemon[] = []
      before(async () => {
        shared = await start({ options })
      })
      after(async () => {
        for (const daemon of [shared, ...own]) await daemon?.remove()
      })
      suite({
        engine,
        daemon: () => shared,
        another: async (input = {}) => {
          const daemon = await start(input)
          own.push(daemon)
          return daemon
        },
        name: () => `s${++names}`,
      })
    })
  }
}
