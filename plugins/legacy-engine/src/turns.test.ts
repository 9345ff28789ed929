import { expect } from 'chai'
import { Turns } from './turns.js'

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

describe('turns', () => {
  const seen: string[] = []
  let turns: Turns
  beforeEach(() => {
    seen.length = 0
    turns = new Turns(
      async () => void seen.push('idle'),
      error => void seen.push((error as Error).message),
    )
  })
  const slow = (name: string) => async () => {
    seen.push(`${name} begins`)
    await turn()
    seen.push(`${name} ends`)
  }
  const settled = async (): Promise<void> => {
    for (let count = 0; count < 10; count++) await turn()
  }

  it('are taken one after the other, and are idle when none is left', async () => {
    turns.take(slow('a'))
    turns.take(slow('b'))
    await settled()
    expect(seen).to.deep.equal(['a begins', 'a ends', 'b begins', 'b ends', 'idle'])
  })

  it('say what was thrown in one of them', async () => {
    turns.take(() => Promise.reject(new Error('broken')))
    await settled()
    expect(seen).to.deep.equal(['broken'])
  })

  it('are over once they are closed, for what has not had its turn', async () => {
    turns.take(slow('a'))
    turns.take(async () => turns.close())
    turns.take(slow('b'))
    await settled()
    expect(seen).to.deep.equal(['a begins', 'a ends'])
  })
})
