import { randomUUID } from 'node:crypto'
import { resources, type StackRow, stacks } from '@hearth/db'
import { expect } from 'chai'
import type { ResourceRef } from '../../plugin/index.js'
import { emptyEnvironment } from '../../template/index.js'
import { idleEngine, startHost } from '../../testing/host.js'
import { createStack } from '../create.js'
import { withResource } from './with-resource.js'

const caller = { project: 'p', user: 'me', requestId: 'r' }
const request = { content: { heat_template_version: '2018-08-31' }, environment: emptyEnvironment, files: {} }

describe('work on a resource', () => {
  const woken: (readonly ResourceRef[])[] = []
  let running: Awaited<ReturnType<typeof startHost>>

  before(async () => {
    const wake = async (these: readonly ResourceRef[]): Promise<void> => void woken.push(these)
    running = await startHost([idleEngine('legacy', { wake })], option =>
      option.name === 'convergence_engine' ? ('legacy' as never) : option.default,
    )
  })
  after(() => running?.stop())

  it('wakes all that waits for it at once, so that an engine can lock its steps in order', async () => {
    const { host, db } = running
    const { id } = await createStack(host, caller, 'one', request)
    const stack = (await stacks.find(db, id)) as StackRow
    const [box, ...rest] = Array.from({ length: 4 }, () => randomUUID()) as [string, ...string[]]
    await db.transaction(tx =>
      resources.insertMany(
        tx,
        [box, ...rest].map(one => ({ id: one, stackId: id, rootId: id, name: one, type: 'T', replaces: null })),
      ),
    )
    // Two of them wait for it, one has not begun.
    await db.query(
      `UPDATE resource SET status = 'IN_PROGRESS', requires = ARRAY[$1::uuid] WHERE id = ANY($2::uuid[])`,
      [box, rest.slice(1)],
    )
    let worked = ''
    await withResource(host, stack, box, async incarnation => void (worked = incarnation.id))
    expect(worked).to.equal(box)
    expect(woken).to.have.length(1)
    expect(woken[0]?.map(one => one.id)).to.have.members([box, ...rest.slice(1)])
    expect(new Set(woken[0]?.map(one => one.stack))).to.deep.equal(new Set([id]))
  })
})
