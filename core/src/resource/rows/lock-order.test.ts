import type { Transaction } from '@hearth/db'
import { expect } from 'chai'
import type { Change } from './change.js'
import { lockInOrder } from './lock-order.js'

describe('the rows that a batch of changes is about', () => {
  const change = (resource: string, more: Partial<Change> = {}): Change =>
    ({ resource, awaited: [], forgetting: undefined, ...more }) as Change
  const locked = async (...changes: Change[]): Promise<unknown[]> => {
    const asked: unknown[] = []
    const query = async (statement: unknown, params?: readonly unknown[]): Promise<never[]> => {
      expect((statement as { text: string }).text).to.match(/ORDER BY id FOR UPDATE$/)
      asked.push(params?.[0])
      return []
    }
    await lockInOrder(changes, { query, afterCommit: () => undefined } as Transaction)
    return asked
  }

  it('are locked at once with those of others that they look at or touch', async () => {
    const waits = { awaited: [{ waiting: 'b', sender: 'a', seen: 0 }] }
    const forgets = { forgetting: { among: ['d', 'a'], holds: () => true } }
    expect(await locked(change('b', waits), change('c', forgets), change('e'))).to.deep.equal([
      ['b', 'c', 'e', 'a', 'd'],
    ])
  })

  it('are locked as they are written, if they stand alone', async () => {
    expect(await locked(change('b'), change('a'))).to.deep.equal([])
  })
})
