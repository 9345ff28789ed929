import { Daemon, type DaemonInput } from './daemon.js'
import { declarationOf, type EngineUnderTest } from './declared.js'
import { dialectPlugin } from './dialect.js'
import { drawerPlugin } from './drawer.js'
import { type GetReady, Killing } from './killing.js'
import { mailboxPlugin } from './mailbox.js'
import { engineNames, pluginsBeside } from './settings.js'

export type { EngineUnderTest } from './declared.js'

/** Stacks with this tag are not listed. */
export const hiddenTag = 'secret'
/** A stack has so many snapshots at most. */
export const snapshotsAtMost = 3

/** What the suites run on: stacks of one engine, created there, or created on another one and moved. */
interface Ground {
  readonly engine: EngineUnderTest
  readonly creator: EngineUnderTest
  readonly killing: Killing
}

let names = 0
/** Suites that ask for the same share a daemon. */
const shared = new Map<string, Promise<Daemon>>()
const killed: Daemon[] = []

/** What has to be allowed, or named, for cases that would else need daemons of their own. */
const allowing = {
  'DEFAULT:enable_stack_adopt': 'true',
  'DEFAULT:enable_stack_abandon': 'true',
  'DEFAULT:hidden_stack_tags': hiddenTag,
  'DEFAULT:max_snapshots_per_stack': String(snapshotsAtMost),
}

const grounds: readonly Ground[] = await Promise.all(
  engineNames().map(async name => {
    const [first = '', last = first] = name.split('>')
    const engines = { creator: await declarationOf(first), engine: await declarationOf(last) }
    const killing = new Killing(async stateDir => {
      const daemon = await Daemon.start(inputOf(engines, stateDir === undefined ? {} : { stateDir }))
      killed.push(daemon)
      return daemon
    })
    return { ...engines, killing }
  }),
)

export interface Kit {
  /** The engine of settled stacks. */
  readonly engine: EngineUnderTest
  /** The engine of a stack that no case has seen settled yet: the same, unless stacks are moved. */
  readonly creator: EngineUnderTest
  /** The daemon that the cases share. */
  readonly daemon: () => Daemon
  /** A daemon of a case's own, on the same engine; removed after the suite. */
  readonly another: (input?: Partial<DaemonInput>) => Promise<Daemon>
  /** A case about a daemon that is killed: one is, for all such cases together. */
  readonly whenKilled: (title: string, getReady: GetReady) => void
  /** A stack name that no other case uses. */
  readonly name: () => string
}

after(async () => {
  for (const daemon of [...shared.values(), ...killed]) await (await daemon).remove()
})

/** What a daemon of a ground is started with. */
function inputOf({ engine, creator }: Omit<Ground, 'killing'>, input: Partial<DaemonInput>): DaemonInput {
  const packages = [engine.package, creator.package, ...pluginsBeside(), mailboxPlugin, drawerPlugin, dialectPlugin]
  return {
    engine: creator.name,
    ...(engine.name === creator.name ? {} : { moveTo: engine.name }),
    ...input,
    options: { 'DEFAULT:plugins': [...new Set(packages)].join(','), ...allowing, ...input.options },
  }
}

function sharedDaemon(ground: Ground, options: DaemonInput['options'] = {}): Promise<Daemon> {
  const key = JSON.stringify([ground.creator.name, ground.engine.name, options])
  const starting = shared.get(key) ?? Daemon.start(inputOf(ground, { options }))
  shared.set(key, starting)
  return starting
}

/** Begins before the first case of all, on the daemon that suites with these options share, what a later case waits for. */
export function early(
  begin: (engine: EngineUnderTest, daemon: Daemon) => Promise<void>,
  options: DaemonInput['options'] = {},
): void {
  before(async () => {
    for (const ground of grounds) await begin(ground.engine, await sharedDaemon(ground, options))
  })
}

/**
 * Runs a suite whole, once per engine that HEARTH_ENGINE names. A daemon loads no other engine than that one, or the
 * two of which one creates what the other runs. Suites share it, unless their `options` differ: a case leaves it as it
 * was, and counts on nothing but the stacks it made.
 */
export function eachEngine(title: string, suite: (kit: Kit) => void, options: DaemonInput['options'] = {}): void {
  for (const ground of grounds) {
    const { engine, creator } = ground
    const moved = engine.name !== creator.name
    describe(`${title}, on ${engine.name}${moved ? `, moved there from ${creator.name}` : ''}`, () => {
      let daemon: Daemon
      const own: Daemon[] = []
      before(async () => {
        daemon = await sharedDaemon(ground, options)
      })
      after(async () => {
        for (const one of own) await one.remove()
      })
      suite({
        engine,
        creator,
        daemon: () => daemon,
        another: async (input = {}) => {
          const started = await Daemon.start(inputOf(ground, input))
          own.push(started)
          return started
        },
        whenKilled: (title, getReady) => it(title, ground.killing.add(getReady)),
        name: () => `s${++names}`,
      })
    })
  }
}
