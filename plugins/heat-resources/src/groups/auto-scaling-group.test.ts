import type { ChildInside, ChildTemplate, Json, JsonMap, StoredResource } from '@hearth/core/plugin'
import { expect } from 'chai'
import { storedWith } from '../testing/stored.js'
import { autoScalingGroup } from './auto-scaling-group.js'
import { asMap } from './members.js'

const { children } = autoScalingGroup
if (children?.adjust === undefined || children.now === undefined) throw new Error('a group that cannot scale')
const { adjust, adjusted, attribute, now } = children

const resource = { type: 'T', properties: { size: 1 } }
const properties = { min_size: 1, max_size: 4, resource, cooldown: 30 }
const stored = (more: Partial<StoredResource> = {}) =>
  storedWith({ name: 'g', type: 'OS::Heat::AutoScalingGroup', properties, ...more })
const inside: ChildInside = {
  template: { resources: { b: resource, a: resource, c: resource } },
  resources: new Map([
    ['a', { action: 'CREATE', status: 'COMPLETE', createdAt: 1 }],
    ['b', { action: 'CREATE', status: 'COMPLETE', createdAt: 2 }],
    ['c', { action: 'CREATE', status: 'FAILED', createdAt: 3 }],
  ]),
}
const by = (amount: number, more: JsonMap = {}): JsonMap => ({ type: 'change_in_capacity', amount, ...more })
const asked = (how: JsonMap, more: Partial<StoredResource> = {}, at = 1_000) =>
  adjust(how, { stored: stored(more), inside, now: at, seed: 's' })
const shown = (until: number): unknown =>
  autoScalingGroup.metadata?.(stored({ data: { cooldown: { until, after: 'z' } } }), { project: 'p' })
const namesOf = (made: ChildTemplate | undefined): string[] =>
  Object.keys(asMap((made?.template as JsonMap | undefined)?.resources))

describe('A group that scales, when it is signalled', () => {
  it('takes broken members away first, then the oldest, and puts new ones at the end', () => {
    expect(namesOf(asked(by(-1)))).to.deep.equal(['b'])
    const grown = namesOf(asked(by(1)))
    expect(grown).to.have.length(3).and.include.members(['a', 'b'])
  })

  it('does nothing where its size would stay, and stays within its limits', () => {
    expect(asked(by(0))).to.equal(undefined)
    expect(namesOf(asked(by(-9)))).to.have.length(1)
    expect(namesOf(asked(by(9)))).to.have.length(4)
  })

  it('does nothing before both its cooldowns are over', () => {
    const cooldown = (until: number): JsonMap => ({ cooldown: { until, after: 'x' } })
    expect(asked(by(1), { data: cooldown(1_001) })).to.equal(undefined)
    expect(asked(by(1), { received: cooldown(1_001) })).to.equal(undefined)
    expect(asked(by(1), { data: cooldown(1_000), received: cooldown(999) })).not.to.equal(undefined)
  })

  it('cools down as the policy says, else as itself, and never less long than it did', () => {
    expect(asked(by(1))?.note).to.deep.equal({ after: 'change_in_capacity : 1', cooldown: 30 })
    expect(asked(by(1, { cooldown: 5 }))?.note.cooldown).to.equal(5)
    const left = (received: JsonMap): Json | undefined =>
      adjusted?.({ after: 'x', cooldown: 5 }, { stored: stored({ received }), now: 1_000 }).cooldown
    expect(left({})).to.deep.equal({ until: 6_000, after: 'x' })
    expect(left({ cooldown: { until: 9_000, after: 'y' } })).to.deep.equal({ until: 9_000, after: 'y' })
    expect(shown(0)).to.deep.equal({ cooldown_end: { '1970-01-01T00:00:00.000Z': 'z' }, scaling_in_progress: false })
  })

  it('says nothing of a cooldown that no date can end', () => {
    expect(shown(1e300)).to.deep.equal({ scaling_in_progress: false })
  })
})

describe('The attributes of a group that scales', () => {
  const members = { a: { ip: '1', tags: ['x'] }, b: { ip: '2', tags: [] }, c: { ip: '3' } }
  const attributes = now({ refs_map: { a: 'ra', b: 'rb', c: 'rc' }, members }, inside)
  const of = (name: string, ...path: Json[]): Json | undefined => attribute?.(stored({ attributes }), name, path)

  it('are of the members that are not broken, in their order', () => {
    expect(of('current_size')).to.equal(2)
    expect(of('refs')).to.deep.equal(['ra', 'rb'])
    expect(of('refs_map', 'b')).to.equal('rb')
    expect(of('outputs', 'ip')).to.deep.equal({ a: '1', b: '2' })
    expect(of('outputs_list', 'tags', 0)).to.deep.equal(['x', null])
    expect(of('resource.1')).to.equal('rb')
    expect(of('resource.0.tags', 0)).to.equal('x')
    expect(of('resource.0', 'tags', 0)).to.equal('x')
  })

  it('are refused where there is none', () => {
    expect(() => of('resource.2')).to.throw("Member '2' not found in group resource 'g'.")
    expect(() => of('outputs')).to.throw('The Referenced Attribute (g outputs) is incorrect.')
    expect(() => of('outputs_list', 'size')).to.throw(
      "The Referenced Attribute (g ('outputs_list', 'size')) is incorrect.",
    )
    expect(() => of('size')).to.throw('The Referenced Attribute (g size) is incorrect.')
  })
})
