import { ofDatabase } from '@hearth/db/trouble'
import type { Transaction } from '@hearth/db/transaction'
import { expect } from 'chai'
import { settleAnd } from './follow.js'
import type { PlanOperation } from './operation.js'
import type { OperationEnd, Outcome } from './services.js'

const operation = { id: 'update', rollback: true } as PlanOperation
const rollback = { id: 'rollback', rollback: false } as PlanOperation
const tx = {} as Transaction

describe('a rollback that follows', () => {
  let settled: string[] = []
  const outcome: Outcome = {
    settle: async ({ id }: PlanOperation, end: OperationEnd) => {
      settled.push(`${id} ${end.kind === 'failed' ? end.reason : end.kind}`)
      return id === 'update' ? rollback : undefined
    },
  }
  const settle = (begin: (next: PlanOperation) => Promise<string>): Promise<string | undefined> =>
    settleAnd(operation, { kind: 'timeout' }, outcome, tx, begin)
  beforeEach(() => {
    settled = []
  })

  it('is begun', async () => {
    expect(await settle(async ({ id }) => `${id} begun`)).to.equal('rollback begun')
    expect(settled).to.deep.equal(['update timeout'])
  })

  it('has failed when no plan can be made of it', async () => {
    expect(await settle(() => Promise.reject(new Error('a row cannot be read')))).to.equal(undefined)
    expect(settled).to.deep.equal(['update timeout', 'rollback No plan can be made of it: a row cannot be read'])
  })

  it('is tried again when the database has failed', async () => {
    const thrown = await settle(() => Promise.reject(ofDatabase(new Error('gone')))).catch(error => error.message)
    expect([thrown, settled]).to.deep.equal(['gone', ['update timeout']])
  })
})
