import { randomUUID } from 'node:crypto'
import { HearthDatabase } from '../database.js'
import { coreMigrations, migrate } from '../migrate.js'
import type { NewStackRow, StackRow } from '../rows.js'
import { TestServer } from './index.js'

/** The newest PostgreSQL that Hearth meets, which is the one it brings, and the oldest that it promises to work on. */
const versions = [
  { title: 'on the embedded PostgreSQL', binaries: undefined },
  { title: 'on PostgreSQL 15', binaries: 'postgres-15' },
]

/** One server of each version serves all test files of a run. */
const servers = new Map<string, Promise<TestServer>>()

after(async () => {
  for (const server of servers.values()) await (await server).stop()
})

export interface Bench {
  readonly server: TestServer
  /** Migrated, and the suite's own. */
  readonly db: HearthDatabase
}

/** A suite of this title for each version. `bench` may be called in cases and hooks. */
export function eachPostgres(title: string, cases: (bench: () => Bench) => void): void {
  for (const version of versions) {
    describe(`${title}, ${version.title}`, () => {
      let bench: Bench | undefined
      before(async () => {
        const { binaries } = version
        const starting = servers.get(version.title) ?? TestServer.start(binaries === undefined ? {} : { binaries })
        servers.set(version.title, starting)
        const server = await starting
        const db = new HearthDatabase({ url: await server.createDatabase(), maxPoolSize: 6 })
        bench = { server, db }
        await migrate(db, [coreMigrations])
      })
      after(() => bench?.db.close())
      cases(() => bench as Bench)
    })
  }
}

/** A stack that has come to rest. */
export function stackRow(patch: Partial<StackRow> = {}): NewStackRow {
  const id = randomUUID()
  return {
    id,
    rootId: id,
    parentId: null,
    parentResource: null,
    parentResourceId: null,
    askedBy: null,
    depth: 0,
    project: 'p',
    owner: 'me',
    name: `s-${id.slice(0, 8)}`,
    action: 'CREATE',
    status: 'COMPLETE',
    statusReason: '',
    templateId: randomUUID(),
    previousTemplateId: null,
    disableRollback: true,
    timeoutMins: null,
    tags: [],
    revision: 1,
    engine: 'legacy',
    ...patch,
  }
}

/** @throws Error when it does not come true within five seconds */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited 5 s in vain for ${what}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
