import 'reflect-metadata'
import { randomUUID } from 'node:crypto'
import { type Option, stackActionTimeout } from '@hearth/config'
import { coreMigrations, HearthDatabase, migrate, stacks } from '@hearth/db'
import { TestServer } from '@hearth/db/testing'
import { expect } from 'chai'
import { ContainerModule } from 'inversify'
import { Host } from '../host/host.js'
import { definePlugin, Engine, type Operation, type PlanOperation } from '../plugin/index.js'
import { define, emptyEnvironment } from '../template/index.js'
import { createStack } from './create.js'

const caller = { project: 'p', user: 'me', requestId: 'r' }
const request = { content: { heat_template_version: '2018-08-31' }, environment: emptyEnvironment, files: {} }

describe('the flag of a new stack', () => {
  const accepted: [engine: string, operation: Operation][] = []
  let refuse = false
  let engineOption = 'first'
  let server: TestServer
  let db: HearthDatabase
  let host: Host

  const engine = (name: string): Engine => ({
    name,
    overlapping: true,
    afterCrash: 'fails',
    start: async () => undefined,
    stop: async () => undefined,
    accept: async operation => {
      if (refuse) throw new Error('not now')
      accepted.push([name, operation])
    },
    wake: async () => undefined,
    nodes: async () => [],
    enter: async () => undefined,
    leave: async () => undefined,
  })

  before(async () => {
    server = await TestServer.start()
    db = new HearthDatabase({ url: await server.createDatabase(), maxPoolSize: 4 })
    await migrate(db, [coreMigrations])
    const contributions = new ContainerModule(({ bind }) => {
      bind(Engine).toConstantValue(engine('first'))
      bind(Engine).toConstantValue(engine('second'))
    })
    const quiet = (): void => undefined
    host = await Host.build({
      db,
      plugins: [definePlugin({ name: 'two-engines', apiVersion: 1, contributions })],
      options: {
        get: <T>(option: Option<T>): T => (option.name === 'convergence_engine' ? (engineOption as T) : option.default),
      },
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      encryptionKey: 'k'.repeat(32),
    })
  })
  after(async () => {
    await db?.close()
    await server?.stop()
  })

  it("is the operator's choice of that moment, and a nested stack's is its parent's", async () => {
    engineOption = 'first'
    const { id } = await createStack(host, caller, 'parent', request)
    const parent = await stacks.find(db, id)
    expect(parent).to.include({ engine: 'first', depth: 0, rootId: id })
    engineOption = 'second'
    const child = await createStack(host, caller, 'child', request, {
      stack: parent as NonNullable<typeof parent>,
      resource: 'inner',
      resourceId: randomUUID(),
      asker: { key: 'k', check: async () => undefined },
      define: stack =>
        define({ template: request.content, environment: request.environment, files: {}, stack, types: host.types }),
      timeoutSeconds: 60,
    })
    expect(await stacks.find(db, child.id)).to.include({
      engine: 'first',
      depth: 1,
      rootId: id,
      parentId: id,
      parentResource: 'inner',
    })
    const other = await createStack(host, caller, 'other', request)
    expect(await stacks.find(db, other.id)).to.include({ engine: 'second' })
    expect(accepted.map(([name]) => name)).to.deep.equal(['first', 'first', 'second'])
  })

  it('is written with everything else or not at all: what an engine refuses leaves nothing behind', async () => {
    refuse = true
    const before = await db.query('SELECT count(*) FROM template')
    expect(await createStack(host, caller, 'refused', request).catch(error => (error as Error).message)).to.equal(
      'not now',
    )
    refuse = false
    expect(await stacks.findByName(db, 'p', 'refused')).to.equal(undefined)
    expect(await db.query('SELECT count(*) FROM template')).to.deep.equal(before)
    expect(await db.query(`SELECT 1 FROM event WHERE resource_name = 'refused'`)).to.deep.equal([])
  })

  it('comes with the time that the operation may take: its own minutes, else the default', async () => {
    accepted.length = 0
    await createStack(host, caller, 'own-time', { ...request, timeoutMins: 2 })
    await createStack(host, caller, 'usual-time', request)
    expect(accepted.map(([, operation]) => (operation as PlanOperation).timeoutSeconds)).to.deep.equal([
      120,
      stackActionTimeout.default,
    ])
  })
})
