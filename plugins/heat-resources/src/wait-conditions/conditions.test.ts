import type { StepContext } from '@hearth/core/plugin'
import { expect } from 'chai'
import { storedWith } from '../testing/stored.js'
import { waitCondition } from './conditions.js'
import { handle } from './handles.js'

const silent = storedWith({ name: 'h', type: handle.name, properties: { signal_transport: 'NO_SIGNAL' } })

describe('A wait condition whose handle takes no signals', () => {
  it('has all that it waits for, however many those are, without counting them', async () => {
    const context = { properties: { handle: 'p', timeout: 1, count: Number.MAX_SAFE_INTEGER }, required: [silent] }
    expect(await waitCondition.create?.(context as unknown as StepContext, undefined)).to.deep.equal({ kind: 'done' })
  })

  it('tells of as many signals as it was to wait for', async () => {
    const waits = { ...silent, properties: { handle: 'p', count: 2 } }
    expect(await waitCondition.read?.(waits, 'data', [silent])).to.equal('{"1": null, "2": null}')
  })
})
