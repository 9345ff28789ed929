import type { ResourceRow, StackRow } from '@hearth/db'
import { expect } from 'chai'
import { freshRow } from '../../resource/kit.test.js'
import { Secrets } from '../../resource/secrets/secrets.js'
import { chooseCurrent, chooseHeld, chooseShown } from './current.js'

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
const failed = (id: string, patch: Partial<ResourceRow>) =>
  fresh(id, { status: 'FAILED', deletionPolicy: 'Delete', ...patch })
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
    const begun = failed('failed', { action: 'UPDATE', physicalId: 'there' })
    expect(chosen([begun, fresh('next', { replaces: 'failed' })])).to.deep.equal([['failed'], ['failed']])
    expect(chosen([fresh('former'), { ...begun, replaces: 'former' }])).to.deep.equal([['failed'], ['failed']])
  })

  it('is, for the data of the stack, the original that is there rather than a replacement of which nothing is known outside', () => {
    const original = failed('original', { action: 'UPDATE', physicalId: 'there', templateId: 'old' })
    const replacement = failed('replacement', { action: 'CREATE', replaces: 'original', templateId: 'new' })
    const rows = [original, replacement]
    expect(chooseCurrent(rows, stack, secrets).map(({ row }) => row.id)).to.deep.equal(['replacement'])
    expect(chooseHeld(rows, stack, secrets).map(({ row }) => row.id)).to.deep.equal(['original'])
  })

  it('is what was never begun, if there is nothing else', () => {
    expect(chosen([fresh('only')])).to.deep.equal([['only'], ['only']])
  })
})
