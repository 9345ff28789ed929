import type { Plan } from '@hearth/core/plugin'
import { expect } from 'chai'
import fc from 'fast-check'
import { Graph } from './graph.js'

const plan = (edges: readonly number[][]): Plan => ({
  added: [],
  nodes: edges.map((requires, index) => ({
    resource: `r${index}`,
    name: `n${index}`,
    type: 'T',
    step: 'converge',
    effectless: false,
    requires,
  })),
})
const free = (): boolean => false

describe('the graph of a run', () => {
  it('gives out what is ready, and dependents once all they require is done', () => {
    const graph = new Graph(plan([[], [0], [0, 1]]), 'g')
    const [first] = graph.take(free)
    expect(first?.name).to.equal('n0')
    expect(graph.take(free)).to.deep.equal([])
    graph.finish(first as NonNullable<typeof first>)
    const [second] = graph.take(free)
    expect(second?.name).to.equal('n1')
    expect(graph.done).to.equal(false)
  })

  it('keeps what is blocked until it is not', () => {
    const graph = new Graph(plan([[]]), 'g')
    expect(graph.take(() => true)).to.deep.equal([])
    expect(graph.take(free)).to.have.length(1)
  })

  it('runs every node once, after all it requires, whatever the graph', () => {
    const graphs = fc
      .array(fc.array(fc.nat(20), { maxLength: 4 }), { maxLength: 20 })
      .map(all => all.map((requires, index) => [...new Set(requires.filter(required => required < index))]))
    fc.assert(
      fc.property(graphs, edges => {
        const graph = new Graph(plan(edges), 'g')
        const done = new Set<string>()
        for (let nodes = graph.take(free); nodes.length > 0; nodes = graph.take(free)) {
          for (const node of nodes) {
            for (const required of edges[Number(node.name.slice(1))] ?? [])
              expect(done.has(`n${required}`)).to.equal(true)
          }
          for (const node of nodes) {
            expect(done.has(node.name)).to.equal(false)
            done.add(node.name)
            graph.finish(node)
          }
        }
        expect(done.size).to.equal(edges.length)
        expect(graph.done).to.equal(true)
      }),
    )
  })
})
