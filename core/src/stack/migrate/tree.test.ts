import type { TreeMember } from '@hearth/db'
import { expect } from 'chai'
import type { Fill } from './fill.js'
import { obstacleOf } from './tree.js'

const member = (patch: Partial<TreeMember> = {}): TreeMember => ({
  id: '1',
  rootId: '1',
  parentId: null,
  project: 'p',
  name: 'web',
  action: 'UPDATE',
  status: 'COMPLETE',
  revision: 3,
  templateId: 't',
  engine: 'legacy',
  resources: 2,
  old: 0,
  ...patch,
})

describe('what keeps a tree from being moved', () => {
  const obstacle = (
    members: TreeMember[],
    { locked = members.map(({ id }) => id), fills = [] }: { locked?: string[]; fills?: [string, Fill][] } = {},
  ) => obstacleOf(members, { locked: new Set(locked), to: 'convergence', fills: new Map(fills) })
  const child = (patch: Partial<TreeMember>) => member({ id: '2', name: 'child', ...patch })

  it('is nothing, if all is settled and locked, FAILED or not', () => {
    expect(obstacle([member(), child({ status: 'FAILED' })])).to.equal(undefined)
  })

  it('is an operation on any of its stacks', () => {
    expect(obstacle([member(), child({ action: 'CHECK', status: 'IN_PROGRESS' })])).to.deep.equal({
      kind: 'busy',
      reason: 'CHECK of child is under way',
    })
  })

  it('is a stack that another transaction has, or that came after the lock', () => {
    expect(obstacle([member(), child({})], { locked: ['1'] })).to.deep.equal({
      kind: 'contended',
      reason: 'a request is at work on child',
    })
  })

  it('is a row that lacks something, unless it was derived from the stack as it is now', () => {
    const old = [member({ old: 1 })]
    const changed = { kind: 'contended', reason: 'web has just been changed' }
    expect(obstacle(old)).to.deep.equal(changed)
    expect(obstacle(old, { fills: [['1', { revision: 2, rows: [] }]] })).to.deep.equal(changed)
    expect(obstacle(old, { fills: [['1', { revision: 3, rows: [] }]] })).to.equal(undefined)
    expect(obstacle(old, { fills: [['1', { revision: 3, rows: { unreadable: 'why' } }]] })).to.deep.equal({
      kind: 'refused',
      reason: 'why',
    })
  })

  it('is that there is nothing to do', () => {
    expect(obstacle([])).to.deep.equal({ kind: 'gone' })
    expect(obstacle([member({ engine: 'convergence', status: 'IN_PROGRESS' })])).to.deep.equal({ kind: 'already' })
  })
})
