import { expect } from 'chai'
import type { Alternative, Decision } from './decide.js'
import { restrict } from './restrict.js'

const update = (...or: Alternative[]): Decision => ({ do: 'update', changed: ['a'], or })
const replace = (...or: Alternative[]): Decision => ({ do: 'replace', because: 'a', or })

describe('What an environment restricts', () => {
  it('is not done, if it is certain', () => {
    expect(restrict(update(), ['update'])).to.deep.equal({ do: 'restrict', action: 'update' })
    expect(restrict(update('replace'), ['update'])).to.deep.equal({ do: 'restrict', action: 'update' })
    expect(restrict(replace(), ['replace'])).to.deep.equal({ do: 'restrict', action: 'replace' })
    expect(restrict(replace('update'), ['replace', 'update'])).to.deep.equal({ do: 'restrict', action: 'replace' })
  })

  it('is as it was where it may come to something else, or nothing is restricted', () => {
    for (const [decision, restricted] of [
      [update(), []],
      [update(), ['replace']],
      [update('nothing'), ['update', 'replace']],
      [replace('update'), ['replace']],
      [replace('update', 'nothing'), ['update', 'replace']],
      [{ do: 'nothing' }, ['update', 'replace']],
      [{ do: 'create' }, ['update', 'replace']],
    ] as const) {
      expect(restrict(decision, restricted)).to.equal(decision)
    }
  })
})
