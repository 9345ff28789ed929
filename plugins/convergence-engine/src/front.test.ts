import type { PlanNode } from '@hearth/core/plugin'
import { expect } from 'chai'
import fc from 'fast-check'
import { Front } from './front.js'

/** Nodes that require some of those before them; every third one has effects, if any may. */
const graph = fc.array(fc.tuple(fc.array(fc.nat(30), { maxLength: 4 }), fc.boolean()), { maxLength: 25 }).map(drawn =>
  drawn.map(
    ([requires, effectless], index): PlanNode => ({
      resource: `r${index}`,
      name: `n${index}`,
      type: 'T',
      step: 'converge',
      effectless,
      requires: [...new Set(requires.filter(one => one < index))],
    }),
  ),
)

describe('the front of a plan', () => {
  it('carries out all that requires nothing but what it carries out, in order, and leaves a plan of the rest', () => {
    fc.assert(
      fc.property(graph, fc.integer({ min: 1, max: 6 }), (nodes, most) => {
        const front = new Front(nodes, ({ effectless }) => effectless)
        const done = new Set<number>()
        while (!front.isEmpty) {
          const taken = front.take(most)
          expect(taken).to.have.length.within(1, most)
          for (const { index } of taken) expect(nodes[index]?.requires.every(one => done.has(one))).to.equal(true)
          for (const { index } of taken) {
            front.finish(index)
            done.add(index)
          }
        }
        const may = nodes.reduce(
          (some, { effectless, requires }, index) =>
            effectless && requires.every(one => some.has(one)) ? some.add(index) : some,
          new Set<number>(),
        )
        expect(done).to.deep.equal(may)
        const rest = front.rest()
        const left = nodes.filter((_, index) => !done.has(index))
        expect(rest.map(({ name }) => name)).to.deep.equal(left.map(({ name }) => name))
        rest.forEach(({ requires }, place) => {
          const names = (left[place] as PlanNode).requires.filter(one => !done.has(one)).map(one => nodes[one]?.name)
          expect(requires.map(one => rest[one]?.name)).to.deep.equal(names)
        })
      }),
    )
  })

  it('leaves what is not told of, and all that requires it', () => {
    const nodes = [[], [0], [1], []].map((requires, index) => ({
      ...{ resource: `r${index}`, name: `n${index}`, type: 'T', step: 'converge' as const, effectless: true },
      requires,
    }))
    const front = new Front(nodes, () => true)
    expect(front.take(9).map(({ index }) => index)).to.deep.equal([0, 3])
    front.finish(3)
    expect(front.isEmpty).to.equal(true)
    expect(front.rest().map(({ name, requires }) => [name, requires])).to.deep.equal([
      ['n0', []],
      ['n1', [0]],
      ['n2', [1]],
    ])
  })

  it('takes a node again that stands for another resource, and leaves it as that one', () => {
    const node = { resource: 'old', name: 'a', type: 'T', step: 'converge' as const, effectless: true, requires: [] }
    const front = new Front([node], () => true)
    front.take(1)
    front.move(0, 'new')
    expect(front.take(1)).to.deep.equal([{ index: 0, resource: 'new' }])
    expect(front.rest().map(({ resource }) => resource)).to.deep.equal(['new'])
  })
})
