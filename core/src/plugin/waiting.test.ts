import { expect } from 'chai'
import type { Again } from './resource-type.js'
import { parked, waitFor } from './waiting.js'

describe('a step that only waits', () => {
  it('waits as long as it says at first, whenever it comes again', () => {
    let asked = 0
    const ms = () => 100 * ++asked
    const first = waitFor(ms, undefined, 1_000) as Again
    expect(first).to.deep.equal({ kind: 'again', cursor: { until: 1_100 }, wake: { afterMs: 100 } })
    expect(waitFor(ms, first.cursor, 1_060)).to.deep.include({ wake: { afterMs: 40 } })
    expect(waitFor(ms, first.cursor, 1_100)).to.equal(undefined)
    expect(asked).to.equal(1)
    expect(waitFor(() => 0, undefined, 1_000)).to.equal(undefined)
  })

  it('may wait for ever, by a cursor that can be stored', () => {
    const first = waitFor(() => Number.POSITIVE_INFINITY, undefined, 0) as Again
    expect(first.cursor).to.deep.equal({ until: null })
    expect(parked(first.cursor)).to.equal(Number.POSITIVE_INFINITY)
    expect(waitFor(() => 0, first.cursor, Number.MAX_SAFE_INTEGER)).to.deep.equal(first)
  })
})
