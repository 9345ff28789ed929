import type { Database, Statement, Transaction } from '@hearth/core/plugin'
import { expect } from 'chai'
import { endUnlocked, type RecoverParts } from './recover.js'
import { lockUnlocked, unlocked } from './sql/lock.js'

const row = (id: string) => ({
  id,
  rootId: id,
  project: 'demo',
  name: id,
  action: 'CREATE',
  revision: 1,
  template: 't',
  previous: null,
})

/** Knows these stacks, of which nobody holds any. */
const databaseOf = (stacks: readonly string[]) => {
  const tx = {
    query: async (sql: Statement) => (sql === lockUnlocked ? [{ id: 'any' }] : []),
  } as unknown as Transaction
  return {
    query: async (sql: Statement) => (sql === unlocked ? stacks.map(row) : []),
    transaction: <T>(work: (tx: Transaction) => Promise<T>) => work(tx),
  } as unknown as Database
}

describe('stacks that nobody holds', () => {
  const run = async (trouble: Error) => {
    const ended: string[] = []
    const told: string[] = []
    const parts = {
      db: databaseOf(['ill', 'well']),
      outcome: {
        settle: async ({ stack }: { stack: { id: string } }) => {
          if (stack.id === 'ill') throw trouble
          ended.push(stack.id)
        },
      },
      log: { error: ({ stack }: { stack: string }) => void told.push(stack) },
    } as unknown as RecoverParts & Parameters<typeof endUnlocked>[0]
    const error = await endUnlocked(parts).then(
      () => undefined,
      (raised: unknown) => raised,
    )
    return { ended, told, error }
  }

  it('are ended, each for itself: one that cannot be is told, and holds up no other', async () => {
    expect(await run(new Error('its template is broken'))).to.deep.equal({
      ended: ['well'],
      told: ['ill'],
      error: undefined,
    })
  })

  it('wait together for the database', async () => {
    const away = Object.assign(new Error('the server closed the connection'), { name: 'SequelizeConnectionError' })
    expect(await run(away)).to.deep.equal({ ended: [], told: [], error: away })
  })
})
