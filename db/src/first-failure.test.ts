import { expect } from 'chai'
import { HearthDatabase } from './database.js'
import { eachPostgres } from './testing/each-postgres.js'
import type { Transaction } from './transaction.js'
import { codeOf, isAway, isFull, isPassing } from './trouble.js'

const raise = (code: string): string => `DO $$ BEGIN RAISE SQLSTATE '${code}'; END $$`

/** As layers of callers do: what rejects at the bottom is heard of a few turns later. */
async function deep<T>(answer: Promise<T>, layers = 5): Promise<T> {
  return layers === 0 ? answer : await deep(answer, layers - 1)
}

/** The statement that fails, and behind it one that is only told that the transaction is aborted, and tells it first. */
const pipelined = (tx: Transaction, failing: string): Promise<unknown> =>
  Promise.all([deep(tx.query(failing)), tx.query('SELECT 1')])

eachPostgres('Transactions whose statements are sent one behind the other', bench => {
  let warnings: string[]
  let db: HearthDatabase
  before(() => {
    db = new HearthDatabase({ url: bench().server.url, maxPoolSize: 2, warn: message => warnings.push(message) })
  })
  beforeEach(() => {
    warnings = []
  })
  after(() => db.close())

  for (const code of ['40P01', '40001']) {
    it(`are tried again when one of the statements fails with ${code}`, async () => {
      let tries = 0
      await db.transaction(async tx => {
        tries += 1
        if (tries < 3) await pipelined(tx, raise(code))
      })
      expect(tries).to.equal(3)
      expect(warnings).to.deep.equal(
        Array.from({ length: 2 }, () => `a transaction met another one (${code}) and is tried again`),
      )
    })
  }

  it('report what the first one that failed said, whichever promise rejects first', async () => {
    const met = async (work: (tx: Transaction) => Promise<unknown>): Promise<unknown> =>
      db.transaction(work).catch(error => error)
    const full = await met(tx => pipelined(tx, raise('53100')))
    expect(isFull(full) && isPassing(full), String(full)).to.equal(true)
    const gone = await met(tx => pipelined(tx, 'SELECT pg_terminate_backend(pg_backend_pid())'))
    expect(isAway(gone) && isPassing(gone), String(gone)).to.equal(true)
    expect(codeOf(await met(tx => pipelined(tx, 'SELECT 1 / 0')))).to.equal('22012')
    const each = await met(async tx => {
      const ends = await Promise.allSettled([tx.query('SELECT 1 / 0'), tx.query('SELECT 1')])
      throw ends.map(end => end.status === 'rejected' && codeOf(end.reason)).join()
    })
    expect(each).to.equal('22012,22012')
  })

  it('are tried again, too, when somebody made something else of what they met', async () => {
    let tries = 0
    await db.transaction(async tx => {
      tries += 1
      if (tries === 1) await tx.query(raise('40P01')).catch(error => expect.fail(`a failure: ${error}`))
    })
    expect(tries).to.equal(2)
  })

  it('are not called committed when a statement failed and nobody cared', async () => {
    const error = await db
      .transaction(async tx => {
        await tx.query('SELECT 1 / 0').catch(() => undefined)
        return 'done'
      })
      .catch(failure => failure)
    expect(codeOf(error)).to.equal('22012')
  })
})
