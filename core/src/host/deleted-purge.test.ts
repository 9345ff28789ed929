import { purgeDeletedAfter } from '@hearth/config'
import type { Database } from '@hearth/db'
import { expect } from 'chai'
import type { Clock, Logger, Options } from '../plugin/index.js'
import { DeletedPurge } from './deleted-purge.js'

describe('What is left of deleted stacks', () => {
  const batch = 20
  let days: number
  /** How many stacks each look finds; the parameters of each. */
  let found: number[]
  let asked: unknown[][]
  let said: string[]
  let waits: number[]
  let ring: () => Promise<void>
  let purge: DeletedPurge
  beforeEach(() => {
    ;[days, found, asked, said, waits] = [purgeDeletedAfter.default, [], [], [], []]
    const query = async (statement: { name: string }, params: unknown[]): Promise<unknown[]> => {
      if (statement.name === 'deleted-stack-events') return []
      if (statement.name === 'deleted-stack-remove') return params[0] as string[]
      asked.push(params)
      return Array.from({ length: found.shift() ?? 0 }, (_, at) => ({ id: `${at}`, deletedAt: 'then' }))
    }
    const clock: Clock = {
      now: () => 0,
      after(ms, fn) {
        waits.push(ms)
        ring = async () => {
          fn()
          await new Promise(setImmediate)
        }
        return () => undefined
      },
    }
    const log = { info: (fields: object, text: string) => said.push(`${text} ${JSON.stringify(fields)}`) }
    const options = { get: () => days } as unknown as Options
    purge = new DeletedPurge({ query } as unknown as Database, options, clock, log as unknown as Logger)
    purge.start()
  })

  it('is purged after so many days, batch after batch, and then there is rest for an hour', async () => {
    found = [batch, batch, 3]
    for (let times = 0; times < 3; times++) await ring()
    expect(asked.map(([age]) => age)).to.deep.equal([90, 90, 90].map(number => number * 86_400))
    expect(asked.map(params => params[2])).to.deep.equal(['-infinity', 'then', 'then'])
    expect(waits).to.deep.equal([60_000, 1_000, 1_000, 3_600_000])
    expect(said).to.deep.equal(['Purged stacks that were deleted long ago {"stacks":43}'])
    await ring()
    expect([asked.at(-1)?.[2], said.length]).to.deep.equal(['-infinity', 1])
  })

  it('stays when the operator wants it to', async () => {
    days = 0
    await ring()
    expect([asked, waits]).to.deep.equal([[], [60_000, 3_600_000]])
  })
})
