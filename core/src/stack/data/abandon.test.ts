import { randomUUID } from 'node:crypto'
import { enableStackAbandon } from '@hearth/config'
import { type NewResourceRow, resources, stacks } from '@hearth/db'
import { expect } from 'chai'
import { emptyEnvironment } from '../../template/index.js'
import { idleEngine, type RunningHost, startHost } from '../../testing/host.js'
import { abandonStack } from './abandon.js'
import { createStack } from '../create.js'

const caller = { project: 'p', user: 'me', requestId: 'r' }
const thing = { type: 'T' }
const request = {
  content: { heat_template_version: '2018-08-31', resources: { around: thing, made: thing, making: thing } },
  environment: emptyEnvironment,
  files: {},
}

describe('a stack that is to be abandoned', () => {
  let running: RunningHost

  before(async () => {
    const type = {
      name: 'T',
      className: 'T',
      description: 'T.',
      support: { status: 'SUPPORTED' as const },
      properties: {},
      attributes: {},
    }
    const get = <T>(option: { readonly name: string; readonly default: T }): T => {
      if (option.name === 'convergence_engine') return 'legacy' as never
      return option === (enableStackAbandon as unknown) ? (true as never) : option.default
    }
    running = await startHost([idleEngine('legacy')], get, [{ ...type, create: async () => ({ kind: 'done' }) }])
  })
  after(() => running?.stop())

  /** A stack at rest with one inside of it, and a resource that a step of an earlier operation is still making. */
  async function tree() {
    const { host, db } = running
    const [outer, inner] = [
      await createStack(host, caller, `outer-${randomUUID()}`, request),
      await createStack(host, caller, `inner-${randomUUID()}`, request),
    ]
    const rows = ['around', 'made', 'making'].map(
      (name): NewResourceRow => ({
        id: randomUUID(),
        stackId: outer.id,
        rootId: outer.id,
        name,
        type: 'T',
        replaces: null,
      }),
    )
    const [around, made, making] = rows.map(({ id }) => id) as [string, string, string]
    await db.transaction(async tx => {
      await resources.insertMany(tx, rows)
      const begin = `UPDATE resource SET action = 'CREATE', deletion_policy = 'Delete'`
      await tx.query(`${begin}, status = 'COMPLETE', physical_id = name WHERE id = ANY($1::uuid[])`, [[around, made]])
      await tx.query(`${begin}, status = 'IN_PROGRESS' WHERE id = $1`, [making])
      for (const { id } of [outer, inner]) await stacks.update(tx, id, { status: 'FAILED', statusReason: '' })
      await tx.query(
        'UPDATE stack SET root_id = $1, parent_id = $1, parent_resource_id = $3, depth = 1 WHERE id = $2',
        [outer.id, inner.id, around],
      )
    })
    const policies = async () =>
      (await resources.byIds(db, [around, made, making])).map(row => [row.name, row.deletionPolicy])
    return { outer: outer.id, inner: inner.id, policies }
  }

  it('is left but for what is still being made, which the data cannot name', async () => {
    const { outer, policies } = await tree()
    const { resources: told } = await abandonStack(running.host, caller, outer)
    expect([told.made?.resource_id, told.making?.resource_id]).to.deep.equal(['made', null])
    expect(await policies()).to.have.deep.members([
      ['around', 'Delete'],
      ['made', 'Forget'],
      ['making', 'Delete'],
    ])
  })

  it('waits for whoever is about to begin something on a stack inside, and is refused then', async () => {
    const { outer, inner, policies } = await tree()
    let abandoning: Promise<unknown> = Promise.resolve()
    await running.db.transaction(async tx => {
      await stacks.lock(tx, inner)
      abandoning = abandonStack(running.host, caller, outer).catch(error => error.type)
      const waits = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`
      while ((await running.db.query(waits)).length === 0) await new Promise(resolve => setImmediate(resolve))
      await stacks.update(tx, inner, { action: 'UPDATE', status: 'IN_PROGRESS', statusReason: '' })
    })
    expect(await abandoning).to.equal('ActionInProgress')
    expect((await policies()).map(([, policy]) => policy)).to.deep.equal(['Delete', 'Delete', 'Delete'])
  })
})
