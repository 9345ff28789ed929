import type { ChildInside, ChildWanted, JsonMap } from '@hearth/core/plugin'
import { expect } from 'chai'
import fc from 'fast-check'
import { asMap } from '../groups/members.js'
import { nextOfServers } from './deployment-groups.js'

type Servers = Readonly<Record<string, string>>
interface Case {
  readonly config: string
  readonly servers: Servers
  readonly size?: number
  readonly from?: ChildInside
}

const resourcesOf = (template: unknown): Record<string, JsonMap> =>
  asMap(asMap(template as JsonMap).resources) as Record<string, JsonMap>

/** Every stage of the way, each of them reached: the deployments with their config and server. */
function way({ config, servers, size, from }: Case): { stages: Record<string, string>[]; inside: ChildInside } {
  const stages: Record<string, string>[] = []
  let inside = from
  for (;;) {
    const policy = size === undefined ? null : { max_batch_size: size, pause_time: 0 }
    const wanted: ChildWanted = {
      action: from === undefined ? 'create' : 'update',
      properties: { config, servers },
      updatePolicy: { rolling_update: policy, batch_create: policy },
      stored: { attributes: {}, data: {} },
      ...(inside === undefined ? {} : { inside }),
      asked: stages.length,
      timeoutSeconds: 100,
      seed: '',
    }
    const stage = nextOfServers('D', wanted)
    if (stage === undefined) return { stages, inside: inside as ChildInside }
    inside = { template: JSON.parse(JSON.stringify(stage.template)), resources: new Map() }
    const told = Object.entries(resourcesOf(inside.template)).map(([name, { properties }]) => {
      const { config: made, server } = asMap(properties) as Servers
      return [name, `${made} on ${server}`]
    })
    stages.push(Object.fromEntries(told))
    expect(stages.length).to.be.lessThan(100)
  }
}

describe('The deployments of a group', () => {
  const servers = { a: '1', b: '2', c: '3' }
  it('are made and changed in batches, the last one first', () => {
    const { stages, inside } = way({ config: 'x', servers, size: 2 })
    expect(stages).to.deep.equal([
      { a: 'x on 1', b: 'x on 2' },
      { a: 'x on 1', b: 'x on 2', c: 'x on 3' },
    ])
    expect(way({ config: 'y', servers, size: 2, from: inside }).stages).to.deep.equal([
      { a: 'x on 1', b: 'y on 2', c: 'y on 3' },
      { a: 'y on 1', b: 'y on 2', c: 'y on 3' },
    ])
  })

  it('of servers that are gone go at once, those of new ones come in batches, and the others stay', () => {
    const { inside } = way({ config: 'x', servers })
    expect(way({ config: 'x', servers: { d: '4', b: '2', e: '5' }, size: 1, from: inside }).stages).to.deep.equal([
      { b: 'x on 2', d: 'x on 4' },
      { b: 'x on 2', d: 'x on 4', e: 'x on 5' },
    ])
  })

  it('end as they are wanted, never more than a batch at once, and none that is wanted goes meanwhile', () => {
    const some = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', '1', '2'), fc.constantFrom('s', 't'))
    fc.assert(
      fc.property(some, some, fc.integer({ min: 1, max: 3 }), fc.boolean(), (before, after, size, changes) => {
        const { inside, stages: first } = way({ config: 'x', servers: before })
        const config = changes ? 'y' : 'x'
        const { stages } = way({ config, servers: after, size, from: inside })
        const wanted = Object.fromEntries(
          Object.entries(after).map(([name, server]) => [name, `${config} on ${server}`]),
        )
        expect(stages.at(-1)).to.deep.equal(wanted)
        let last = first.at(-1) ?? {}
        for (const stage of stages) {
          const touched = Object.entries(stage).filter(([name, told]) => last[name] !== told)
          expect(touched.length).to.be.at.most(size)
          for (const name of Object.keys(last)) if (Object.hasOwn(after, name)) expect(stage).to.have.property(name)
          last = stage
        }
      }),
    )
  })
})
