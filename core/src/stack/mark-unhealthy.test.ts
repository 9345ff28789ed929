import { randomUUID } from 'node:crypto'
import { resources, type StackRow, stacks } from '@hearth/db'
import { expect } from 'chai'
import type { NodeState } from '../plugin/index.js'
import { emptyEnvironment } from '../template/index.js'
import { idleEngine, type RunningHost, startHost } from '../testing/host.js'
import { createStack } from './create.js'
import { markUnhealthy } from './mark-unhealthy.js'

const caller = { project: 'p', user: 'me', requestId: 'r' }
const request = { content: { heat_template_version: '2018-08-31' }, environment: emptyEnvironment, files: {} }

describe('a resource that is to be marked unhealthy', () => {
  let running: RunningHost
  let nodes: NodeState[] = []

  before(async () => {
    running = await startHost([idleEngine('legacy', { nodes: async () => nodes })], option =>
      option.name === 'convergence_engine' ? ('legacy' as never) : option.default,
    )
  })
  after(() => running?.stop())

  it('is not free as long as the one that it has replaced is to be cleaned up', async () => {
    const { host, db } = running
    const { id } = await createStack(host, caller, 'one', request)
    const stack = (await stacks.find(db, id)) as StackRow
    const [old, fresh] = [randomUUID(), randomUUID()]
    const row = { stackId: id, rootId: id, name: 'a', type: 'T' }
    await db.transaction(tx =>
      resources.insertMany(tx, [
        { ...row, id: old, replaces: null },
        { ...row, id: fresh, replaces: old },
      ]),
    )
    await db.query(`UPDATE resource SET action = 'CREATE', status = 'COMPLETE', template_id = $2 WHERE id = $1`, [
      fresh,
      stack.templateId,
    ])
    const mark = (): Promise<unknown> => markUnhealthy(host, stack, 'a', { unhealthy: true }).catch(error => error.type)
    nodes = [{ resource: old, step: 'cleanup', state: 'waiting', waitsFor: [] }]
    expect(await mark()).to.equal('ActionInProgress')
    nodes = []
    expect(await mark()).to.equal(undefined)
    const [marked] = await resources.byIds(db, [fresh])
    expect([marked?.action, marked?.status]).to.deep.equal(['CHECK', 'FAILED'])
  })

  it('is not overlooked by a plan that was made before', async () => {
    const { host, db } = running
    const { id } = await createStack(host, caller, 'two', request)
    await db.transaction(async tx => {
      await stacks.update(tx, id, { status: 'COMPLETE', statusReason: '' })
      const one = { id: randomUUID(), stackId: id, rootId: id, name: 'a', type: 'T', replaces: null }
      await resources.insertMany(tx, [one])
      await tx.query(`UPDATE resource SET action = 'CREATE', status = 'COMPLETE' WHERE id = $1`, [one.id])
    })
    const before = (await stacks.find(db, id)) as StackRow
    await markUnhealthy(host, before, 'a', { unhealthy: true })
    expect((await stacks.find(db, id))?.revision).to.equal(before.revision + 1)
  })
})
