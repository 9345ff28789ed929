import { randomUUID } from 'node:crypto'
import { stackActionTimeout } from '@hearth/config'
import { type HearthDatabase, stacks } from '@hearth/db'
import { expect } from 'chai'
import type { Host } from '../host/host.js'
import type { Operation, PlanOperation } from '../plugin/index.js'
import { define, emptyEnvironment } from '../template/index.js'
import { idleEngine, startHost } from '../testing/host.js'
import { createStack } from './create.js'

const caller = { project: 'p', user: 'me', requestId: 'r' }
const request = { content: { heat_template_version: '2018-08-31' }, environment: emptyEnvironment, files: {} }

describe('the flag of a new stack', () => {
  const accepted: [engine: string, operation: Operation][] = []
  let refuse = false
  let engineOption = 'first'
  let running: Awaited<ReturnType<typeof startHost>>
  let db: HearthDatabase
  let host: Host

  before(async () => {
    const engine = (name: string) =>
      idleEngine(name, {
        accept: async operation => {
          if (refuse) throw new Error('not now')
          accepted.push([name, operation])
        },
      })
    running = await startHost([engine('first'), engine('second')], option =>
      option.name === 'convergence_engine' ? (engineOption as never) : option.default,
    )
    ;({ db, host } = running)
  })
  after(() => running?.stop())

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
      adopts: false,
      define: async stack =>
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
