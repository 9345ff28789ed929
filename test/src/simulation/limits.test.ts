import { expect } from 'chai'
import { type Acting, beyond, type Limits } from './limits.js'

const step = (by: string, resource: string, project: string): Acting => ({ by, resource, project, type: 'T' })
const wide: Limits = { slots: 9, share: 9, together: { project: 0, types: new Map() } }
const three = [step('w0', 'a', 'p0'), step('w0', 'b', 'p1'), step('w1', 'c', 'p0')]

describe('limits of steps at once, as a simulated cloud sees them', () => {
  it('are kept, or it says by whom they are not', () => {
    expect(beyond(three, wide)).to.deep.equal([])
    expect(beyond(three, { ...wide, slots: 1 })).to.deep.equal(['2 steps of daemon w0 at once, and 1 are allowed'])
    const more = [...three, step('w0', 'd', 'p0'), step('w0', 'e', 'p0')]
    expect(beyond(more, { ...wide, share: 1 })).to.deep.equal([
      '3 steps of daemon and project w0 p0 at once, and 2 are allowed',
    ])
    expect(beyond(three, { ...wide, together: { project: 1, types: new Map([['T', 2]]) } })).to.deep.equal([
      '2 steps of project p0 at once, and 1 are allowed',
      '3 steps of type T at once, and 2 are allowed',
    ])
  })

  it('count a step once, however many calls it makes', () => {
    const twice = [step('w0', 'a', 'p0'), step('w0', 'a', 'p0')]
    expect(beyond(twice, { slots: 1, share: 1, together: { project: 1, types: new Map() } })).to.deep.equal([])
  })
})
