import { Daemon, type DaemonInput } from './daemon.js'

/** What an engine says of itself; a difference between engines is read from here, never skipped. */
export interface EngineUnderTest {
  /** As the operator's option names it. */
  readonly option: string
  readonly name: string
  readonly overlapping: boolean
  readonly afterCrash: 'resumes' | 'fails'
}

const engines: readonly EngineUnderTest[] = [
  { option: 'false', name: 'legacy', overlapping: false, afterCrash: 'fails' },
  { option: 'true', name: 'convergence', overlapping: true, afterCrash: 'resumes' },
]

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

/** Runs a suite whole, once per engine. HEARTH_ENGINE names one to run alone. */
export function eachEngine(title: string, suite: (kit: Kit) => void, options: DaemonInput['options'] = {}): void {
  for (const engine of engines) {
    if (process.env.HEARTH_ENGINE !== undefined && process.env.HEARTH_ENGINE !== engine.name) continue
    describe(`${title}, on ${engine.name}`, () => {
      let shared: Daemon
      const own: Daemon[] = []
      before(async () => {
        shared = await Daemon.start({ engine: engine.option, options })
      })
      after(async () => {
        for (const daemon of [shared, ...own]) await daemon?.remove()
      })
      suite({
        engine,
        daemon: () => shared,
        another: async (input = {}) => {
          const daemon = await Daemon.start({ engine: engine.option, ...input })
          own.push(daemon)
          return daemon
        },
        name: () => `s${++names}`,
      })
    })
  }
}
