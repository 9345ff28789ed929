import type { PlanOperation } from '@hearth/core/plugin'
import { expect } from 'chai'
import type { GraphNode } from './graph.js'
import { RunningSteps } from './running-steps.js'

const nodeOf = (key: string) => ({ key, resource: key, step: 'converge' }) as unknown as GraphNode
const failed = { id: 'failed' } as PlanOperation
const rollback = { id: 'rollback' } as PlanOperation

describe('Running steps', () => {
  it('that outlive their operation are told to stop when its time is over, and those of its rollback go on', () => {
    const steps = new RunningSteps({ now: () => 0, after: () => () => undefined })
    const outlives = steps.add(nodeOf('outlives'), failed)
    const parked = steps.add(nodeOf('parked'), failed)
    const rolls = steps.add(nodeOf('rolls'), rollback)
    for (const one of [parked, rolls]) steps.park(one, 1_000, () => undefined)
    steps.abort('timeout', failed)
    expect([outlives, parked, rolls].map(({ abort }) => abort.signal.reason)).to.deep.equal([
      'timeout',
      'timeout',
      undefined,
    ])
    expect(steps.parked(failed)).to.deep.equal([parked])
    expect(steps.parked()).to.deep.equal([parked, rolls])
    steps.abort('cancelled')
    expect(rolls.abort.signal.reason).to.equal('cancelled')
  })
})
