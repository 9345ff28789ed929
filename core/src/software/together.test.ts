import { expect } from 'chai'
import { together } from './together.js'

describe('what is asked at once', () => {
  it('is loaded by one call, and each gets its own', async () => {
    const calls: (readonly string[])[] = []
    const find = together(async ids => {
      calls.push(ids)
      return new Map(ids.filter(id => id !== 'x').map(id => [id, id.toUpperCase()]))
    })
    expect(await Promise.all(['a', 'b', 'a', 'x'].map(find))).to.deep.equal(['A', 'B', 'A', undefined])
    expect(await find('c')).to.equal('C')
    expect(calls).to.deep.equal([['a', 'b', 'x'], ['c']])
  })

  it('fails together, and is asked anew afterwards', async () => {
    let broken = true
    const find = together<string>(async ids => {
      if (broken) throw new Error('away')
      return new Map(ids.map(id => [id, id]))
    })
    const failed = await Promise.all(['a', 'b'].map(id => find(id).catch((error: Error) => error.message)))
    expect(failed).to.deep.equal(['away', 'away'])
    broken = false
    expect(await find('a')).to.equal('a')
  })
})
