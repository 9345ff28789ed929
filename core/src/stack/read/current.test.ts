import type { ResourceRow, StackRow } from '@hearth/db'
import { expect } from 'chai'
import { freshRow } from '../../resource/kit.test.js'
import { Secrets } from '../../resource/secrets.js'
import { chooseCurrent, chooseShown } from './current.js'

const secrets = new Secrets('k'.repeat(32))
const fresh = (id: string, patch: Partial<ResourceRow> = {}) =>
  freshRow(
    { id, stackId: 's', name: 'a', type: 'T', replaces: null, createdAt: new Date(0) } as never,
    {
      requires: [],
      changedAt: new Date(0),
      ...patch,
    } as never,
  )
const stack = {
  action: 'UPDATE',
  status: 'FAILED',
  templateId: 'new',
  previousTemplateId: 'old',
  createdAt: new Date(0),
  updatedAt: new Date(0),
} as StackRow

describe('the resource that a name stands for', () => {
  const chosen = (rows: readonly ResourceRow[]) =>
    [chooseCurrent, chooseShown].map(choose => choose(rows, stack, secrets).map(({ row }) => row.id))

  it('is one that has failed rather than one that was never begun', () => {
    const failed = fresh('failed', {
      action: 'UPDATE',
      status: 'FAILED',
      deletionPolicy: 'Delete',
      physicalId: 'there',
    })
    expect(chosen([failed, fresh('next', { replaces: 'failed' })])).to.deep.equal([['failed'], ['failed']])
    expect(chosen([fresh('former'), { ...failed, replaces: 'former' }])).to.deep.equal([['failed'], ['failed']])
  })

  it('is what was never begun, if there is nothing else', () => {
    expect(chosen([fresh('only')])).to.deep.equal([['only'], ['only']])
  })
})
