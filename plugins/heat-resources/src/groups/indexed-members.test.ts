import { type ChildInside, type ChildStage, type JsonMap, Unknown } from '@hearth/core/plugin'
import { expect } from 'chai'
import fc from 'fast-check'
import { batches } from './batches.js'
import { memberMaker, nextOfIndexed } from './indexed-members.js'
import { asMap } from './members.js'

const definition = (value: string): JsonMap => ({ type: 'T', properties: { value } })
const membersOf = (stage: Pick<ChildStage, 'template'>): JsonMap => asMap(asMap(stage.template as JsonMap).resources)
const insideOf = (template: JsonMap): ChildInside => ({ template, resources: new Map() })
const insideWith = (members: Record<string, string>): ChildInside =>
  insideOf({ resources: Object.fromEntries(Object.entries(members).map(([name, value]) => [name, definition(value)])) })

interface Case {
  readonly count: number
  readonly policy?: { max_batch_size: number; min_in_service: number; pause_time: number }
  readonly gone?: readonly string[]
  readonly from?: ChildInside
}

/** Every stage of the way, each of them reached: members with their values. */
function way({ count, policy, gone = [], from }: Case): Record<string, string>[] {
  const stages: Record<string, string>[] = []
  let inside = from
  for (;;) {
    const stage = nextOfIndexed({
      action: from === undefined ? 'create' : 'update',
      properties: { count, index_var: '%index%', resource_def: { type: 'T', properties: { value: 'new' } } },
      updatePolicy: { rolling_update: policy ?? null, batch_create: policy ?? null },
      stored: { attributes: { refs_map: {} }, data: { name_blacklist: gone.join(',') } },
      ...(inside === undefined ? {} : { inside }),
      asked: stages.length,
      timeoutSeconds: 100,
      seed: '',
    })
    if (stage === undefined) return stages
    // What is stored has been through JSON.
    inside = insideOf(JSON.parse(JSON.stringify(stage.template)))
    const values = Object.entries(membersOf(stage)).map(([name, one]) => [name, asMap(asMap(one).properties).value])
    stages.push(Object.fromEntries(values))
    expect(stages.length).to.be.lessThan(200)
  }
}

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index))
const all = (count: number, value: string): Record<string, string> =>
  Object.fromEntries(names(count).map(name => [name, value]))
const policyOf = (max_batch_size: number, min_in_service = 0) => ({ max_batch_size, min_in_service, pause_time: 0 })

describe('The members of a ResourceGroup', () => {
  it('are made and changed at once without a policy', () => {
    expect(way({ count: 2 })).to.deep.equal([all(2, 'new')])
    expect(way({ count: 2, from: insideWith(all(3, 'old')) })).to.deep.equal([all(2, 'new')])
  })

  it('are changed in batches, the highest index first', () => {
    expect(way({ count: 3, policy: policyOf(2), from: insideWith(all(3, 'old')) })).to.deep.equal([
      { 0: 'old', 1: 'new', 2: 'new' },
      all(3, 'new'),
    ])
    expect(way({ count: 3, policy: policyOf(2, 2), from: insideWith(all(3, 'old')) })).to.deep.equal([
      { 0: 'old', 1: 'old', 2: 'new', 3: 'new' },
      { 0: 'new', 1: 'new', 2: 'new', 3: 'new' },
      all(3, 'new'),
    ])
  })

  it('are made in batches', () => {
    expect(way({ count: 3, policy: policyOf(2) })).to.deep.equal([all(2, 'new'), all(3, 'new')])
    expect(way({ count: 0, policy: policyOf(2) })).to.deep.equal([{}])
  })

  it('that are not wanted go first, and others come in their place', () => {
    expect(way({ count: 2, gone: ['0'], policy: policyOf(1), from: insideWith(all(2, 'old')) })).to.deep.equal([
      { 1: 'old', 2: 'new' },
      { 1: 'new', 2: 'new' },
    ])
  })

  it('are visited once where nothing changes', () => {
    expect(way({ count: 2, policy: policyOf(1), from: insideWith(all(2, 'new')) })).to.deep.equal([all(2, 'new')])
    expect(way({ count: 3, policy: policyOf(1), from: insideWith(all(1, 'new')) })).to.deep.equal([all(3, 'new')])
  })

  it('go through the batches of the rule, whatever they begin with', () =>
    fc.assert(
      fc.property(fc.nat(8), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 5 }), fc.nat(8), (...given) => {
        const [count, current, size, least] = given
        const stages = way({ count, policy: policyOf(size, least), from: insideWith(all(current, 'old')) })
        const rule = batches(
          { target: count, current, upToDate: 0 },
          { maxBatchSize: size, minInService: least },
          'leaves',
        )
        expect(stages.map(stage => Object.keys(stage).length)).to.deep.equal([...rule].map(batch => batch.size))
        expect(stages.at(-1)).to.deep.equal(all(count, 'new'))
      }),
    ))

  it('end as they are wanted from any beginning, also when the way is begun anew on its way', () =>
    fc.assert(
      fc.property(
        fc.nat(6),
        fc.dictionary(
          fc.nat(9).map(index => String(index)),
          fc.constantFrom('old', 'older', 'new'),
        ),
        fc.uniqueArray(
          fc.nat(9).map(index => String(index)),
          { maxLength: 4 },
        ),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(6),
        fc.nat(6),
        (count, members, gone, size, least, broken) => {
          const policy = policyOf(size, least)
          const stages = way({ count, gone, policy, from: insideWith(members) })
          const again = way({
            count,
            gone,
            policy,
            from: insideWith(stages[Math.min(broken, stages.length - 1)] ?? {}),
          })
          for (const end of [stages.at(-1), again.at(-1)]) {
            expect(Object.keys(end ?? {})).to.have.length(count)
            expect(Object.keys(end ?? {}).filter(name => gone.includes(name))).to.deep.equal([])
            expect(Object.values(end ?? {}).every(value => value === 'new')).to.equal(true)
          }
        },
      ),
    ))

  it('are refused pauses that take longer than everything may', () => {
    const slow = { max_batch_size: 1, min_in_service: 0, pause_time: 60 }
    expect(() => way({ count: 3, policy: slow, from: insideWith(all(3, 'old')) })).to.throw(
      'The current update policy will result in stack update timeout.',
    )
    expect(way({ count: 2, policy: slow, from: insideWith(all(2, 'old')) })).to.have.length(2)
  })

  it('are of the type that is written, as text whatever it is', () => {
    expect(memberMaker({ resource_def: { type: 5 } })?.('0')).to.deep.include({ type: '5' })
    expect(memberMaker({ resource_def: { type: new Unknown() } })).to.equal(undefined)
  })
})
