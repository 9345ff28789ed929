import { expect } from 'chai'
import { leave } from './hooks.js'
import type { Incarnation } from './rows/incarnation.js'
import { Secrets } from './secrets/secrets.js'

const stack = { id: 's', rootId: 's', project: 'demo', name: 'stack' }
const paused = (action: string, hook: string) =>
  leave(
    {
      id: 'row',
      name: 'a',
      declaredType: 'T',
      action,
      status: 'COMPLETE',
      requires: [],
      properties: {},
      hidden: [],
      kept: null,
      hook,
      data: {},
    } as unknown as Incarnation,
    stack,
  ).toWrite(new Secrets('of a test'))

describe('a hook that is left', () => {
  it('leaves the resource as it is, and says so', () => {
    const { state, remove, events } = paused('CREATE', 'post-create')
    expect(state).to.include({ action: 'CREATE', status: 'COMPLETE', hook: null, cursor: null })
    expect(remove).to.equal(undefined)
    expect(events.map(({ statusReason }) => statusReason)).to.deep.equal(['Failure occurred while waiting.'])
  })

  it('takes along what has been deleted', () => {
    const { state, remove } = paused('DELETE', 'post-delete')
    expect({ state, remove }).to.deep.equal({ state: undefined, remove: true })
  })
})
