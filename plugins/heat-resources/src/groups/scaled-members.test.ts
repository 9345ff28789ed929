import type { ChildInside, ChildStage, Json, JsonMap } from '@hearth/core/plugin'
import { expect } from 'chai'
import fc from 'fast-check'
import { batches } from './batches.js'
import { asMap, membersIn } from './members.js'
import { membersOf, namesFrom, nextOfScaled, resized, sizeOf } from './scaled-members.js'

const definition = (value: string): JsonMap => ({ type: 'T', properties: { value } })

interface Member {
  readonly value: string
  readonly status?: string
  readonly createdAt?: number
}

const insideOf = (members: Record<string, Member>): ChildInside => ({
  template: {
    resources: Object.fromEntries(Object.entries(members).map(([name, { value }]) => [name, definition(value)])),
  },
  resources: new Map(
    Object.entries(members).map(([name, { status = 'COMPLETE', createdAt = 0 }]) => [
      name,
      { action: 'CREATE', status, createdAt },
    ]),
  ),
})
const old = (count: number): Record<string, Member> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, { value: 'old', createdAt: index }]))

interface Case {
  readonly desired?: number
  readonly least?: number
  readonly most?: number
  readonly size?: number
  readonly inService?: number
  readonly from?: ChildInside
  readonly kept?: readonly string[]
}

/** Every stage of the way: each is reached, and who is made in it is younger than all before. */
function way({ desired, least = 0, most = 99, size = 1, inService = 0, from, kept }: Case): ChildInside[] {
  const stages: ChildInside[] = []
  let inside = from
  let cursor: Json | undefined
  for (;;) {
    const stage: ChildStage | undefined = nextOfScaled(
      {
        ...(inside === undefined ? {} : { inside }),
        ...(cursor === undefined ? {} : { cursor }),
        asked: stages.length,
        seed: 'x',
        stored: { attributes: {}, data: {}, ...(kept && { members: kept }) },
        timeoutSeconds: 100,
      },
      {
        wanted: definition('new'),
        desired,
        clamp: given => Math.min(Math.max(given, least), most),
        policy: { maxBatchSize: size, minInService: inService, pauseSeconds: 0 },
      },
    )
    if (stage === undefined) return stages
    cursor = stage.cursor ?? cursor
    const before = inside?.resources
    inside = {
      template: JSON.parse(JSON.stringify(stage.template)),
      resources: new Map(
        Object.keys(asMap((stage.template as JsonMap).resources)).map(name => [
          name,
          { action: 'CREATE', status: 'COMPLETE', createdAt: before?.get(name)?.createdAt ?? 100 + stages.length },
        ]),
      ),
    }
    stages.push(inside)
    expect(stages.length).to.be.lessThan(200)
  }
}

const valuesOf = (inside: ChildInside | undefined): string[] =>
  membersOf(inside).map(({ snippet }) => asMap(asMap(snippet).properties).value as string)

describe('The members of a group that scales', () => {
  it('stand with broken ones first, then by age', () => {
    const inside = insideOf({
      a: { value: 'x', createdAt: 3 },
      b: { value: 'x', createdAt: 1 },
      c: { value: 'x', createdAt: 5, status: 'FAILED' },
      d: { value: 'x', createdAt: 1 },
    })
    expect(membersOf(inside).map(({ name }) => name)).to.deep.equal(['c', 'b', 'd', 'a'])
    expect(sizeOf(membersOf(inside))).to.equal(3)
  })

  it('go from the front, and come at the end with the new definition', () => {
    const members = membersOf(insideOf(old(3)))
    const newName = namesFrom('seed', ['m0', 'm1', 'm2'])
    expect([...resized(members, 1, { wanted: {}, newName })]).to.deep.equal([['m2', definition('old')]])
    expect([...resized(members, 4, { wanted: definition('new'), newName }).values()]).to.deep.equal([
      ...Array.from({ length: 3 }, () => definition('old')),
      definition('new'),
    ])
    expect(resized(members, 0, { wanted: {}, newName }).size).to.equal(0)
  })

  it('are those that are kept in the end, whoever is there', () => {
    const namesIn = (inside: ChildInside | undefined): string[] => Object.keys(membersIn(inside)).sort()
    for (const size of [1, 2]) {
      for (const from of [undefined, insideOf(old(1)), insideOf(old(3))]) {
        for (const kept of [['m0', 'm9'], ['m1'], ['m0', 'm1', 'm2', 'm7'], []]) {
          expect(namesIn(way({ size, desired: 2, kept, ...(from && { from }) }).at(-1))).to.deep.equal(kept)
        }
      }
    }
  })

  it('have names of twelve letters and digits, of which none is there twice', () => {
    const newName = namesFrom('seed', [namesFrom('seed', [])()])
    const names = Array.from({ length: 50 }, newName)
    expect(new Set(names).size).to.equal(50)
    expect(names.filter(name => !/^[a-z0-9]{12}$/.test(name) || name === namesFrom('seed', [])())).to.deep.equal([])
  })

  it('are made at once, and changed in batches from the front, as many as there are', () => {
    expect(way({ desired: 2 }).map(valuesOf)).to.deep.equal([['new', 'new']])
    const stages = way({ from: insideOf(old(3)), size: 2 })
    expect(stages.map(valuesOf)).to.deep.equal([
      ['new', 'new', 'old'],
      ['new', 'new', 'new'],
    ])
    expect([...(stages.at(-1)?.resources.keys() ?? [])]).to.have.members(['m0', 'm1', 'm2'])
  })

  it('keep enough in service by those that come, and then stay', () => {
    const stages = way({ from: insideOf(old(3)), size: 3, inService: 3 })
    expect(stages.map(stage => stage.resources.size)).to.deep.equal([6, 3])
    expect([...(stages.at(-1)?.resources.keys() ?? [])]).not.to.include('m2')
  })

  it('get to the size that is wanted when all of them are changed', () => {
    const sizes = (given: Case) => way(given).map(stage => stage.resources.size)
    expect(sizes({ from: insideOf(old(2)), desired: 4 })).to.deep.equal([2, 2, 4])
    expect(sizes({ from: insideOf(old(3)), most: 2 })).to.deep.equal([3, 3, 3, 2])
    expect(sizes({ from: insideOf(old(1)), least: 2 })).to.deep.equal([1, 2])
    expect(sizes({ from: insideOf({ a: { value: 'new' } }), desired: 2 })).to.deep.equal([2])
  })

  it('go through the batches of the rule', () =>
    fc.assert(
      fc.property(fc.nat(8), fc.integer({ min: 1, max: 5 }), fc.nat(8), (current, size, inService) => {
        const stages = way({ from: insideOf(old(current)), size, inService }).map(stage => stage.resources.size)
        const rule = batches(
          { target: current, current, upToDate: 0 },
          { maxBatchSize: size, minInService: inService },
          'stays',
        )
        expect(stages).to.deep.equal(current === 0 ? [0] : [...rule].map(batch => batch.size))
      }),
    ))

  it('end as they are wanted from any beginning', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            value: fc.constantFrom('old', 'older', 'new'),
            status: fc.constantFrom('COMPLETE', 'COMPLETE', 'FAILED'),
            createdAt: fc.nat(5),
          }),
          { maxLength: 8 },
        ),
        fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
        fc.nat(4),
        fc.nat(6),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(8),
        (members, desired, least, more, size, inService) => {
          const from = insideOf(Object.fromEntries(members.map((one, index) => [`m${index}`, one])))
          const most = least + more
          const end = way({ ...(desired === undefined ? {} : { desired }), least, most, size, inService, from }).at(-1)
          const current = members.filter(({ status }) => status !== 'FAILED').length
          expect(end?.resources.size).to.equal(Math.min(Math.max(desired ?? current, least), most))
          expect(valuesOf(end).every(value => value === 'new')).to.equal(true)
        },
      ),
    ))
})
