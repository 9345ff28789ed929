import { expect } from 'chai'
import fc from 'fast-check'
import type { Plan } from '../plugin/index.js'
import type { Incarnation } from '../resource/rows/incarnation.js'
import { incarnation } from '../resource/kit.test.js'
import { buildPlan } from './build.js'
import { chooseIncarnation, chooseWanted } from './choose.js'
import type { PlanInput, Wanted } from './draft.js'

let ids = 0
const existingOne = (patch: Partial<Incarnation> & { name: string }): Incarnation =>
  incarnation({ id: `row${++ids}`, ...patch })

const wanted = (...resources: Wanted[]): Map<string, Wanted> => new Map(resources.map(one => [one.name, one]))
const input = ({ wanted = new Map(), existing = [], ...patch }: Partial<PlanInput>): PlanInput => ({
  wanted,
  existing,
  leansOn: one => one.requires ?? [],
  chosen: chooseWanted(existing, wanted, 'after', 'before'),
  settled: new Set(),
  effectless: () => false,
  newId: () => `new${++ids}`,
  ...patch,
})

const describePlan = ({ nodes }: Plan): string[] =>
  nodes.map(
    ({ name, step, requires }) =>
      `${step} ${name} after ${requires.map(at => `${nodes[at]?.step} ${nodes[at]?.name}`).join(', ') || 'nothing'}`,
  )

describe('a plan', () => {
  it('of a create has a row and a node for each resource, requirements first', () => {
    const plan = buildPlan(
      input({ wanted: wanted({ name: 'b', type: 'T', requires: ['a'] }, { name: 'a', type: 'T', requires: [] }) }),
    )
    expect(describePlan(plan)).to.deep.equal(['converge a after nothing', 'converge b after converge a'])
    expect(plan.added.map(({ name }) => name)).to.deep.equal(['b', 'a'])
  })

  it('of a delete goes through the rows the other way round', () => {
    const a = existingOne({ name: 'a' })
    const b = existingOne({ name: 'b', requires: [a.id] })
    const plan = buildPlan(input({ existing: [a, b] }))
    expect(describePlan(plan)).to.deep.equal(['cleanup b after nothing', 'cleanup a after cleanup b'])
    expect(plan.added).to.deep.equal([])
  })

  it('of a visit goes through what is there: dependents first to suspend, else requirements first', () => {
    const a = existingOne({ name: 'a' })
    const old = existingOne({ name: 'b', status: 'FAILED' })
    const b = existingOne({ name: 'b', requires: [a.id], replaces: old.id })
    const resources = [
      { name: 'a', type: 'T', requires: [] },
      { name: 'b', type: 'T', requires: ['a'] },
      { name: 'rowless', type: 'T', requires: ['a'] },
    ]
    const visit = { existing: [a, old, b], wanted: wanted(...resources) }
    const suspend = buildPlan(input({ ...visit, visit: 'suspend' }))
    expect(describePlan(suspend)).to.deep.equal(['suspend b after nothing', 'suspend a after suspend b'])
    expect([suspend.nodes[0]?.resource, suspend.added]).to.deep.equal([b.id, []])
    expect(describePlan(buildPlan(input({ ...visit, visit: 'check' })))).to.deep.equal([
      'check a after nothing',
      'check b after check a',
    ])
  })

  it('of an update cleans a row up after its successor and after everything that leaned on it', () => {
    const a = existingOne({ name: 'a' })
    const b = existingOne({ name: 'b', requires: [a.id] })
    const plan = buildPlan(
      input({
        existing: [a, b],
        wanted: wanted({ name: 'a', type: 'T', requires: [] }, { name: 'b', type: 'T', requires: ['a'] }),
      }),
    )
    expect(describePlan(plan)).to.deep.equal([
      'converge a after nothing',
      'converge b after converge a',
      'cleanup b after converge b',
      'cleanup a after converge a, cleanup b',
    ])
  })

  it('lets go of what is retained when all else is done, but for what that leans on', () => {
    const below = existingOne({ name: 'below' })
    const [kept, gone] = [
      existingOne({ name: 'kept', deletionPolicy: 'Retain', requires: [below.id] }),
      existingOne({ name: 'gone', deletionPolicy: 'Retain' }),
    ]
    const dropped = existingOne({ name: 'dropped' })
    const plan = buildPlan(
      input({
        existing: [below, kept, gone, dropped],
        wanted: wanted({ name: 'kept', type: 'T', requires: [] }, { name: 'other', type: 'T', requires: [] }),
      }),
    )
    expect(describePlan(plan)).to.deep.equal([
      'converge kept after nothing',
      'converge other after nothing',
      'cleanup dropped after nothing',
      'cleanup kept after converge kept, converge other, cleanup dropped',
      'cleanup below after cleanup kept',
      'cleanup gone after cleanup kept',
    ])
  })

  it('gives up a replacement before what it was to replace, and goes back to the original', () => {
    const original = existingOne({ name: 'a', template: 'after' })
    const replacement = existingOne({ name: 'a', template: 'before', replaces: original.id })
    const plan = buildPlan(
      input({ existing: [original, replacement], wanted: wanted({ name: 'a', type: 'T', requires: [] }) }),
    )
    expect(plan.nodes.map(({ step, resource }) => [step, resource])).to.deep.equal([
      ['converge', original.id],
      ['cleanup', replacement.id],
      ['cleanup', original.id],
    ])
  })

  it('opens a circle of rows that lean on each other, first where it is only a preference', () => {
    const [a, b] = [existingOne({ name: 'a', status: 'FAILED' }), existingOne({ name: 'b' })]
    const replacement = existingOne({ name: 'a', replaces: a.id })
    const existing = [{ ...a, requires: [b.id] }, { ...b, requires: [replacement.id] }, replacement]
    expect(describePlan(buildPlan(input({ existing })))).to.deep.equal([
      'cleanup a after nothing',
      'cleanup b after cleanup a',
      'cleanup a after cleanup b',
    ])
    const both = [
      { ...a, requires: [b.id] },
      { ...b, requires: [a.id] },
    ]
    expect(buildPlan(input({ existing: both })).nodes).to.have.length(2)
  })

  it('refuses a definition that goes in circles, which the language should have done', () => {
    const circle = wanted({ name: 'a', type: 'T', requires: ['b'] }, { name: 'b', type: 'T', requires: ['a'] })
    expect(() => buildPlan(input({ wanted: circle }))).to.throw('the plan has a cycle through converge of a')
  })

  it('leaves out what needs nothing, and what waited for it waits for one less', () => {
    const a = existingOne({ name: 'a' })
    const b = existingOne({ name: 'b', requires: [a.id] })
    const plan = buildPlan(
      input({
        existing: [a, b],
        wanted: wanted({ name: 'a', type: 'T', requires: [] }, { name: 'b', type: 'T', requires: ['a'] }),
        settled: new Set(['a']),
      }),
    )
    expect(describePlan(plan)).to.deep.equal(['converge b after nothing', 'cleanup b after converge b'])
  })

  it('never takes a row that is being deleted for the resource that is wanted', () => {
    const going = existingOne({ name: 'a', action: 'DELETE', status: 'IN_PROGRESS' })
    const plan = buildPlan(input({ existing: [going], wanted: wanted({ name: 'a', type: 'T', requires: [] }) }))
    expect(plan.added).to.have.length(1)
    expect(plan.nodes.map(({ step }) => step)).to.have.members(['converge', 'cleanup'])
    expect(plan.nodes.find(({ step }) => step === 'converge')?.resource).not.to.equal(going.id)
  })

  it('of a chain of 20,000 does not overflow the stack', () => {
    const chain = Array.from(
      { length: 20_000 },
      (_, at): Wanted => ({ name: `r${at}`, type: 'T', requires: at === 0 ? [] : [`r${at - 1}`] }),
    )
    expect(buildPlan(input({ wanted: wanted(...chain.reverse()) })).nodes).to.have.length(20_000)
  })

  /** Names r0…; each may lean on lower ones. */
  const graph = fc
    .integer({ min: 0, max: 7 })
    .chain(size =>
      fc.tuple(
        ...Array.from({ length: size }, (_, at) =>
          fc.uniqueArray(fc.integer({ min: 0, max: Math.max(0, at - 1) }), { maxLength: at }),
        ),
      ),
    )
    .map(edges =>
      (edges as number[][]).map((requires, at) => ({
        name: `r${at}`,
        requires: at === 0 ? [] : requires.map(one => `r${one}`),
      })),
    )

  it('is whole and in order, whatever exists and whatever is wanted', () => {
    fc.assert(
      fc.property(
        graph,
        graph,
        fc.array(fc.nat(7)),
        fc.infiniteStream(fc.constantFrom('COMPLETE', 'FAILED')),
        fc.infiniteStream(fc.constantFrom('Retain', 'Delete')),
        (before, after, twice, statuses, policies) => {
          const rows = new Map<string, Incarnation>()
          for (const { name, requires } of before) {
            const status = statuses.next().value as string
            const deletionPolicy = policies.next().value as string
            const leansOn = requires.map(one => rows.get(one)?.id as string)
            rows.set(name, existingOne({ name, status, deletionPolicy, requires: leansOn }))
          }
          const existing = [...rows.values()]
          for (const at of twice) {
            const old = rows.get(`r${at}`)
            if (old !== undefined)
              existing.push(
                existingOne({ name: old.name, replaces: old.id, requires: old.requires, template: 'after' }),
              )
          }
          const plan = buildPlan(input({ existing, wanted: wanted(...after.map(one => ({ ...one, type: 'T' }))) }))
          const { nodes } = plan
          nodes.forEach((node, at) => {
            for (const required of node.requires) expect(required).to.be.lessThan(at)
          })
          expect(nodes.filter(({ step }) => step === 'converge').map(({ name }) => name)).to.have.members(
            after.map(({ name }) => name),
          )
          expect(nodes.filter(({ step }) => step === 'cleanup').map(({ resource }) => resource)).to.have.members(
            existing.map(({ id }) => id),
          )
          // Every row that leaned on another is cleaned up before it.
          const position = new Map(
            nodes
              .filter(({ step }) => step === 'cleanup')
              .map(({ resource }) => [
                resource,
                nodes.findIndex(node => node.step === 'cleanup' && node.resource === resource),
              ]),
          )
          for (const { id, requires } of existing) {
            for (const required of requires ?? [])
              expect(position.get(id)).to.be.lessThan(position.get(required) as number)
          }
          // What is retained comes after whatever is to be made.
          const behind = (at: number): Set<number> =>
            new Set((nodes[at]?.requires ?? []).flatMap(one => [one, ...behind(one)]))
          const made = nodes.flatMap(({ step }, at) => (step === 'converge' ? [at] : []))
          for (const { id, deletionPolicy } of existing)
            if (deletionPolicy === 'Retain') expect([...behind(position.get(id) as number)]).to.include.members(made)
        },
      ),
    )
  })
})

describe('the choice among incarnations of one name', () => {
  const of = (patch: Partial<Incarnation>): Incarnation => existingOne({ name: 'a', template: null, ...patch })

  it('prefers the one at the target, then the one at the template before', () => {
    const [target, previous, other] = [of({ template: 'after' }), of({ template: 'before' }), of({})]
    expect(chooseIncarnation([other, previous, target], 'after', 'before')).to.equal(target)
    expect(chooseIncarnation([other, previous], 'after', 'before')).to.equal(previous)
  })

  it('prefers the original to a replacement that failed, and the replacement to an original that was replaced', () => {
    const original = of({})
    const failed = of({ status: 'FAILED', replaces: original.id })
    expect(chooseIncarnation([original, failed], 'after', 'before')).to.equal(original)
    const fine = of({ replaces: original.id })
    expect(chooseIncarnation([original, fine], 'after', 'before')).to.equal(fine)
  })

  it('takes the one that changed last when nothing else tells', () => {
    const [old, young] = [of({ changedAt: new Date(1) }), of({ changedAt: new Date(2) })]
    expect(chooseIncarnation([young, old], 'after', 'before')).to.equal(young)
  })
})
