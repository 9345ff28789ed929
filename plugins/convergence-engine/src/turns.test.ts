import { expect } from 'chai'
import { Turns } from './turns.js'

describe('turns', () => {
  const taken = (turns: Turns<{ project: string; turn: number }>): string[] => {
    const names: string[] = []
    for (let next = turns.take(); next !== undefined; next = turns.take()) names.push(`${next.project}${next.turn}`)
    return names
  }

  it('go from project to project, and within one to the lowest', () => {
    const turns = new Turns<{ project: string; turn: number }>()
    for (const [project, turn] of [
      ['a', 3],
      ['a', 1],
      ['b', 9],
      ['a', 2],
      ['b', 8],
    ] as const)
      turns.add({ project, turn })
    expect(taken(turns)).to.deep.equal(['a1', 'b8', 'a2', 'b9', 'a3'])
  })

  it('come to a project that is new before they come again to one that was served', () => {
    const turns = new Turns<{ project: string; turn: number }>()
    turns.add({ project: 'a', turn: 1 })
    turns.take()
    turns.add({ project: 'a', turn: 2 })
    turns.add({ project: 'b', turn: 3 })
    turns.take()
    turns.add({ project: 'a', turn: 4 })
    expect(taken(turns)).to.deep.equal(['b3', 'a4'])
  })
})
