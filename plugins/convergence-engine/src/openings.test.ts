import type { Database, OpenPlan, PlanNode, PlanOperation, Statement } from '@hearth/core/plugin'
import { expect } from 'chai'
import type { Opening } from './opening.js'
import { Openings, type OpeningsParts } from './openings.js'
import { failTraversals } from './sql/complete.js'
import { endOpening, holdOpening, returnOpenings, takeOpenings } from './sql/opening.js'
import { insertNodes, reserveNodes } from './sql/place.js'
import { dropTraversal } from './sql/supersede.js'
import type { Taken } from './unopened.js'

const opening = (id: string, deaths = 0): Taken => ({
  id,
  deaths,
  operation: { id, stack: { id, project: 'p' } } as PlanOperation,
})

const node: PlanNode = { resource: 'r', name: 'r', type: 'T', step: 'converge', requires: [], effectless: true }

/**
 * Carries out what waits, of which `bad` cannot be planned, and `slow` has a step that does not end.
 * @param losses so many batches of `lost` are lost with their connection.
 * @returns what was written of whom, in order.
 */
async function carriedOut(waiting: Taken[], losses = 0): Promise<string[]> {
  const written: string[] = []
  let built = 0
  let lost = 0
  const ended = waiting.map(({ id }) => id)
  const query = async (statement: Statement | string, params: readonly unknown[] = []): Promise<unknown[]> => {
    const [ids, reasons] = params
    if (statement === takeOpenings) return waiting.splice(0, 1)
    if (statement === holdOpening && ids === 'lost' && lost++ < losses)
      throw Object.assign(new Error('Connection terminated unexpectedly'), {
        name: 'SequelizeConnectionError',
        code: 'ECONNRESET',
      })
    if (statement === holdOpening) return [{ id: ids }]
    if (statement === returnOpenings) waiting.push(...(reasons as string[]).map(id => opening(id)))
    if (statement === failTraversals) written.push(`${String(ids)} failed: ${String(reasons)}`)
    if (statement === dropTraversal) written.push(`${String(ids)} dropped`)
    if (statement === reserveNodes) return [{ ids: ['1'] }]
    if (statement === insertNodes) written.push(`${String(ids)} placed, effectless: ${String(params[10])}`)
    if (statement === endOpening) written.push(`${String(ids)} ended`)
    return []
  }
  const db = {
    query,
    transaction: async (work: (tx: unknown) => Promise<unknown>) => {
      const before = written.length
      try {
        return await work({ query, afterCommit: () => undefined })
      } catch (error) {
        written.splice(before)
        throw error
      }
    },
  } as unknown as Database
  await new Promise<void>(resolve => {
    const over = (id: string): void => {
      ended.splice(ended.indexOf(id), 1)
      if (ended.length === 0) resolve()
    }
    const openings = new Openings({
      db,
      quiet: () => false,
      plans: {
        open: async ({ id }: PlanOperation): Promise<OpenPlan> => {
          built += 1
          if (id === 'bad') throw new Error('its format is unknown')
          return { nodes: id === 'slow' ? [node] : [], added: [], rows: { isFree: () => true } } as unknown as OpenPlan
        },
        store: async () => undefined,
      },
      lifecycle: { packTaken: () => async () => undefined, prepare: () => new Promise(() => undefined) },
      workers: { id: 'worker', alive: true },
      options: { get: () => 100 },
      clock: {
        now: () => 0,
        after: (_: number, late: () => void) => {
          const timer = setImmediate(late)
          return () => clearImmediate(timer)
        },
      },
      log: { error: () => undefined, warn: () => undefined },
      outcome: { settle: async ({ id }: PlanOperation) => written.push(`${id} settled`) },
      done: over,
      // It has no nodes: only these two come to an end.
      ended: () => over(ended.includes('good') ? 'good' : 'lost'),
    } as unknown as OpeningsParts)
    openings.start()
    openings.look()
  })
  return [...written.sort(), `${built} built`]
}

describe('openings that are taken', () => {
  it('are carried out although the plan of one before them cannot be made, which fails', async () => {
    expect(await carriedOut([opening('bad'), opening('good')])).to.deep.equal([
      'bad ended',
      'bad failed: No plan can be made of it: its format is unknown',
      'good dropped',
      'good settled',
      '2 built',
    ])
  })

  it('are placed as nodes that need leases, and nothing of them is written, if their steps do not end in time', async () => {
    expect(await carriedOut([opening('slow')])).to.deep.equal([
      'slow ended',
      'slow placed, effectless: false',
      '2 built',
    ])
  })

  it('are built once more if a batch is lost with its connection, and placed as nodes if that happens again', async () => {
    expect(await carriedOut([opening('lost')], 1)).to.deep.equal(['lost dropped', 'lost settled', '2 built'])
    expect(await carriedOut([opening('lost')], 2)).to.deep.equal(['lost ended', '3 built'])
  })

  it('fail without being built again once that has killed as many workers as a step may', async () => {
    const [, failed, built] = await carriedOut([opening('killer', 3)])
    expect(failed).to.match(/^killer failed: The worker died 3 times/)
    expect(built).to.equal('0 built')
  })

  it('are handed back, and none is taken or held, while the worker is to be quiet', async () => {
    let quiet = false
    let returned: (ids: unknown) => void = () => undefined
    const back = new Promise(resolve => (returned = resolve))
    const asked: Statement[] = []
    const openings = new Openings({
      db: {
        query: async (statement: Statement, [, ids]: readonly unknown[]) => {
          asked.push(statement)
          if (statement === returnOpenings) returned(ids)
          return []
        },
      },
      quiet: () => quiet,
      workers: { id: 'worker', alive: true },
      options: { get: () => 100 },
      clock: { now: () => 0 },
      log: { error: () => undefined },
    } as unknown as OpeningsParts)
    const plan = { nodes: [node] } as unknown as OpenPlan
    openings.start()
    expect(openings.holderOf(plan, 'p')).to.equal('worker')
    quiet = true
    expect(openings.holderOf(plan, 'p')).to.equal(null)
    openings.hold({ id: '7', isOver: false } as unknown as Opening)
    expect(openings.size).to.equal(1)
    expect(await back).to.deep.equal(['7'])
    expect(openings.size).to.equal(0)
    expect(asked).not.to.include(takeOpenings)
  })
})
