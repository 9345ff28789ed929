import { expect } from 'chai'
import type { Operation } from '../plugin/index.js'
import { emptyEnvironment } from '../template/index.js'
import { idleEngine, startHost } from '../testing/host.js'
import { cancelOperation } from './cancel.js'
import { createStack } from './create.js'

const caller = { project: 'p', user: 'me', requestId: 'r' }
const request = { content: { heat_template_version: '2018-08-31' }, environment: emptyEnvironment, files: {} }

describe('a cancel', () => {
  const accepted: Operation['kind'][] = []
  let running: Awaited<ReturnType<typeof startHost>>

  before(async () => {
    const engine = idleEngine('convergence', { accept: async ({ kind }) => void accepted.push(kind) })
    running = await startHost([engine, idleEngine('legacy')], option =>
      option.name === 'convergence_engine' ? ('convergence' as never) : option.default,
    )
  })
  after(() => running?.stop())

  it('that means one operation leaves another one alone that runs by now', async () => {
    const { host, db } = running
    const { id } = await createStack(host, caller, 'one', request)
    await db.query(`UPDATE stack SET revision = 2, action = 'UPDATE' WHERE id = $1`, [id])
    const cancel = (seen?: number) =>
      cancelOperation(host, caller, id, 'cancel_without_rollback', seen).catch((error: Error) => error.message)
    expect(await cancel(1)).to.equal('Stack one already has an action (UPDATE) in progress.')
    expect(accepted).to.deep.equal(['plan'])
    expect(await cancel(2)).to.equal(undefined)
    expect(await cancel()).to.equal(undefined)
    expect(accepted).to.deep.equal(['plan', 'cancel', 'cancel'])
  })
})
