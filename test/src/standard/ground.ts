import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Api, Daemon } from '@hearth/conformance'
import { TestServer } from '@hearth/db/testing'

/** What a suite stands on: a daemon with the types of `@hearth/standard-resources`, allowed what the tests need. */
export interface Ground {
  api(): Api
  daemon(): Daemon
  /** `[file] root` of that daemon; the project's folder in it is `demo`. */
  readonly root: string
  /** A PostgreSQL server of nobody's, which the daemon has as its connection `main`. */
  target(): TestServer
  /** A stack name that no other case uses. */
  name(): string
}

let names = 0
let starting: Promise<TestServer> | undefined
const grounds = new Map<string, { readonly daemon: Promise<Daemon>; readonly root: string }>()

after(async () => {
  for (const { daemon, root } of grounds.values()) {
    await (await daemon).remove()
    rmSync(root, { recursive: true, force: true })
  }
  await (await starting)?.stop()
})

/** Runs a suite once for each engine of Hearth's own. All suites share the daemons. */
export function onEachEngine(title: string, suite: (ground: Ground) => void): void {
  for (const engine of ['legacy', 'convergence']) {
    describe(`${title}, on ${engine}`, () => {
      const { root } = groundOf(engine)
      let daemon: Daemon
      let target: TestServer
      before(async () => {
        target = await targetServer()
        daemon = await groundOf(engine).daemon
      })
      suite({
        api: () => daemon.api(),
        daemon: () => daemon,
        root,
        target: () => target,
        name: () => `standard${++names}`,
      })
    })
  }
}

function groundOf(engine: string) {
  const known = grounds.get(engine)
  if (known !== undefined) return known
  const root = mkdtempSync(join(tmpdir(), 'hearth-files-'))
  // It starts when the first suite needs it, not while files are being loaded.
  let daemon: Promise<Daemon> | undefined
  const ground = {
    root,
    get daemon() {
      daemon ??= start(engine, root)
      return daemon
    },
  }
  grounds.set(engine, ground)
  return ground
}

/** One for all suites. */
export const targetServer = (): Promise<TestServer> => (starting ??= TestServer.start())

const start = async (engine: string, root: string): Promise<Daemon> =>
  Daemon.start({
    engine,
    options: {
      'DEFAULT:enable_stack_abandon': 'true',
      'file:root': root,
      'outbound:allow': '127.0.0.1',
      'outbound:timeout': '10',
      'process:allowed': '/bin/sh,touch,rm,test',
      'process:environment': 'APP_*',
      'postgresql:connections': `main=${(await targetServer()).url}?sslmode=disable`,
    },
  })
