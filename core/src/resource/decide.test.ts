import { expect } from 'chai'
import fc from 'fast-check'
import { done, type ResourceType, Unknown } from '../plugin/index.js'
import { splitAdopted, withAdopted } from './rows/adopted.js'
import { type Decision, decide, type Wanted } from './decide.js'
import type { Incarnation } from './rows/incarnation.js'
import { incarnation, plainType } from './kit.test.js'

const type = plainType({
  name: 'T',
  properties: {
    inPlace: { type: 'any', updateAllowed: true },
    fixed: { type: 'any' },
    never: { type: 'any', immutable: true },
  },
  update: async () => done(),
})
const was = (patch: Partial<Incarnation> = {}): Incarnation =>
  incarnation({
    physicalId: 'p',
    properties: { inPlace: 1, fixed: 1, never: 1 },
    template: 't',
    digest: 'same',
    deletionPolicy: 'Delete',
    ...patch,
  })
/** @param digest null: something is unknown. */
const wanted = (properties: Wanted['properties'] = {}, digest: string | null = 'other'): Wanted => ({
  type: 'T',
  properties: { inPlace: 1, fixed: 1, never: 1, ...properties },
  externalId: null,
  digest: digest ?? undefined,
})

describe('a decision', () => {
  it('creates what does not exist or was never started', () => {
    expect(decide(type, undefined, wanted()).do).to.equal('create')
    expect(decide(type, was({ action: 'INIT', physicalId: null }), wanted()).do).to.equal('create')
  })

  it('goes on with a create that broke off', () => {
    expect(decide(type, was({ status: 'IN_PROGRESS' }), wanted()).do).to.equal('create')
  })

  it('replaces on another type, in every state', () => {
    for (const action of ['INIT', 'CREATE', 'UPDATE', 'CHECK']) {
      expect(decide({ ...type, name: 'Other' }, was({ action }), { ...wanted(), type: 'Other' }).do).to.equal('replace')
    }
  })

  it('replaces what is not there any more, unless nothing ever changes it', () => {
    const gone = was({ live: 'gone' })
    expect(decide(type, gone, wanted({}, 'same')))
      .to.include({ do: 'replace' })
      .and.not.have.property('announce')
    expect(decide({ ...type, unchanging: true }, gone, wanted({}, 'same')).do).to.equal('nothing')
  })

  it('replaces what failed, without an announcement, unless the type says otherwise', () => {
    const failed = was({ status: 'FAILED' })
    expect(decide(type, failed, wanted()))
      .to.include({ do: 'replace' })
      .and.not.have.property('announce')
    expect(decide({ ...type, replaceWhenFailed: false }, failed, wanted({}, 'same')).do).to.equal('recover')
  })

  it('updates what failed, if its type mends it, unless a change replaces it', () => {
    const mending: ResourceType = { ...type, mendWhenFailed: true }
    for (const patch of [
      { action: 'CHECK', status: 'FAILED' },
      { action: 'UPDATE', status: 'FAILED' },
      { action: 'UPDATE', status: 'IN_PROGRESS' },
    ]) {
      expect(decide(mending, was(patch), wanted({}, 'same'))).to.deep.equal({ do: 'update', changed: [], or: [] })
      expect(decide(mending, was(patch), wanted({ fixed: 2 })).do).to.equal('replace')
    }
    expect(decide(mending, was(), wanted({}, 'same')).do).to.equal('nothing')
    expect(decide(mending, was({ action: 'ADOPT', status: 'FAILED' }), wanted()).do).to.equal('replace')
    expect(decide(mending, was({ live: 'gone' }), wanted()).do).to.equal('replace')
  })

  it('replaces what is being deleted', () => {
    expect(decide(type, was({ action: 'DELETE' }), wanted()).do).to.equal('replace')
  })

  it('needs nothing when nothing differs', () => {
    expect(decide(type, was(), wanted({}, 'same'))).to.deep.equal({ do: 'nothing' })
  })

  it('updates in place with an empty difference when only the definition differs', () => {
    expect(decide(type, was(), wanted())).to.deep.equal({ do: 'update', changed: [], or: [] })
  })

  it('updates what may change in place, and replaces for what may not', () => {
    expect(decide(type, was(), wanted({ inPlace: 2 }))).to.deep.equal({
      do: 'update',
      changed: ['inPlace'],
      or: [],
    })
    expect(decide(type, was(), wanted({ inPlace: 2, fixed: 2 }))).to.deep.include({
      do: 'replace',
      announce: 'short',
      or: [],
    })
    const { update: _, ...without } = type
    expect(decide(without, was(), wanted({ inPlace: 2 }))).to.include({ do: 'replace', announce: 'short' })
  })

  it('refuses a change of what is immutable', () => {
    expect(decide(type, was(), wanted({ never: 2 }))).to.deep.equal({
      do: 'refuse',
      message: 'Update to properties never of a (T) is not supported.',
    })
  })

  it("asks the type's own rule, which is announced at length", () => {
    const own: ResourceType = { ...type, needsReplace: () => 'I say so' }
    expect(decide(own, was(), wanted({ inPlace: 2 }))).to.include({
      do: 'replace',
      announce: 'long',
      because: 'I say so',
    })
  })

  it('creates what has never begun, though it was found not to be well', () => {
    const marked = { action: 'CHECK', status: 'FAILED', physicalId: null, deletionPolicy: null }
    expect(decide(type, was(marked), wanted()).do).to.equal('create')
    expect(decide({ ...type, unchanging: true }, was(marked), wanted()).do).to.equal('create')
    expect(decide(type, was({ ...marked, physicalId: 'there' }), wanted()).do).to.equal('adopt')
    // A row from before the engine's flag is none of those, nor what has begun.
    expect(decide(type, was({ ...marked, requires: null }), wanted()).do).to.equal('replace')
    expect(decide(type, was({ ...marked, deletionPolicy: 'Delete' }), wanted()).do).to.equal('replace')
  })

  it('updates what had another name for its type before, with all that is stored of it', () => {
    const renamed = { ...type, takesOver: ['Former'] }
    expect(decide(renamed, was({ type: 'Former' }), wanted({ inPlace: 2 }))).to.include({ do: 'update' })
    expect(decide(renamed, was({ type: 'Other' }), wanted()).do).to.equal('replace')
  })

  it('leaves an unchanging type alone', () => {
    expect(decide({ ...type, unchanging: true }, was(), wanted({ fixed: 2 })).do).to.equal('nothing')
    expect(decide({ ...type, unchanging: true }, was({ status: 'FAILED' }), wanted()).do).to.equal('recover')
  })

  it('replaces a type that every update replaces, though nothing changes', () => {
    expect(decide(type, was(), wanted({}, 'same')).do).to.equal('nothing')
    const renewed = { ...type, replacedByUpdates: true }
    expect(decide(renewed, was(), wanted({}, 'same')).do).to.equal('replace')
    expect(decide(renewed, was({ action: 'CREATE', status: 'IN_PROGRESS' }), wanted()).do).to.equal('create')
  })

  it('adopts what exists, and goes on with it after a break', () => {
    const fresh = { action: 'INIT', physicalId: 'there' }
    expect(decide(type, was(fresh), wanted())).to.deep.equal({ do: 'adopt', physicalId: 'there' })
    expect(decide(type, was({ ...fresh, action: 'ADOPT', status: 'IN_PROGRESS' }), wanted())).to.deep.equal({
      do: 'adopt',
      physicalId: 'there',
    })
    expect(decide(type, was({ action: 'CREATE', status: 'IN_PROGRESS' }), wanted()).do).to.equal('create')
  })

  it('adopts a stack inside from its data, also when that failed before there was one', () => {
    const nested = { ...type, children: { label: '', of: () => undefined } }
    const data = withAdopted({ own: 1 }, [{ name: 'x', physicalId: 'p', data: {}, metadata: {} }])
    for (const patch of [{ action: 'INIT' }, { action: 'ADOPT', status: 'FAILED' }]) {
      const row = was({ ...patch, physicalId: null, data })
      expect(decide(nested, row, wanted())).to.deep.equal({ do: 'adopt', physicalId: null })
    }
    expect(splitAdopted(data).data).to.deep.equal({ own: 1 })
    expect(decide(nested, was({ action: 'ADOPT', status: 'FAILED', data: {} }), wanted()).do).to.equal('replace')
  })

  it('updates a stack inside that the stack around has left suspended, and none that was suspended by itself', () => {
    const nested = { ...type, children: { label: '', of: () => undefined } }
    const child = { id: 'c', name: 'c', project: 'p', templateId: 't', status: 'COMPLETE' }
    const decided = (action: string, askedBy: string | null) =>
      decide(nested, was({ child: { ...child, action, askedBy } }), wanted()).do
    expect(decided('SUSPEND', 'operation:resource')).to.equal('update')
    expect(decided('SUSPEND', null)).to.equal('refuse')
    expect(decided('RESUME', null)).to.equal('update')
  })

  it('adopts and checks what stands outside of the stack, and nothing else', () => {
    const outside = { ...wanted({ fixed: 2 }), externalId: 'out' }
    const stands = was({ action: 'CHECK', externalId: 'out', physicalId: 'out' })
    expect(decide(type, undefined, outside)).to.deep.equal({ do: 'adopt', physicalId: 'out' })
    expect(decide(type, { ...stands, action: 'ADOPT' }, outside)).to.deep.equal({ do: 'check' })
    expect(decide(type, stands, outside)).to.deep.equal({ do: 'nothing' })
    expect(decide(type, { ...stands, status: 'FAILED' }, outside)).to.deep.equal({ do: 'check' })
    for (const [before, after] of [
      [stands, { ...outside, externalId: 'another' }],
      [stands, wanted()],
      [was(), outside],
    ] as const) {
      expect(decide(type, before, after)).to.deep.equal({
        do: 'refuse',
        message: 'Update to property external_id of a (T) is not supported.',
      })
    }
  })

  it('says "may" for what is unknown', () => {
    const unknown = new Unknown()
    const unsure = (properties: Wanted['properties'], of = type) => decide(of, was(), wanted(properties, null))
    expect(unsure({ inPlace: unknown })).to.deep.equal({ do: 'update', changed: ['inPlace'], or: ['nothing'] })
    expect(unsure({ fixed: unknown })).to.deep.include({ do: 'replace', or: ['update', 'nothing'] })
    expect(unsure({ inPlace: 2, fixed: unknown })).to.deep.include({ do: 'replace', or: ['update'] })
    expect(unsure({ inPlace: unknown, fixed: 2 })).to.deep.include({ do: 'replace', or: [] })
    const asking: ResourceType = { ...type, needsReplace: () => undefined }
    expect(unsure({ inPlace: unknown }, asking)).to.deep.include({ do: 'update', or: ['nothing', 'replace'] })
  })

  it('says "may be replaced" of a type that can ask for it while it updates', () => {
    const asking: ResourceType = { ...type, mayReplace: true }
    expect(decide(asking, was(), wanted({ inPlace: 2 }))).to.deep.include({ do: 'update', or: ['replace'] })
  })

  /** What each decision may turn into once everything is known. */
  const allowed = (foreseen: Decision, known: Decision): boolean =>
    foreseen.do === known.do || ('or' in foreseen && (foreseen.or as readonly string[]).includes(known.do))

  it('becomes, once everything is known, only what the foreseen one allowed', () => {
    const value = fc.constantFrom(1, 2)
    const maybe = fc.oneof(value, fc.constant(new Unknown()))
    fc.assert(
      fc.property(
        fc.record({ inPlace: maybe, fixed: maybe }),
        value,
        value,
        fc.constantFrom('COMPLETE', 'FAILED'),
        (given, a, b, status) => {
          const row = was({ status })
          const open = Object.values(given).some(Unknown.is)
          const final = {
            inPlace: Unknown.is(given.inPlace) ? a : given.inPlace,
            fixed: Unknown.is(given.fixed) ? b : given.fixed,
          }
          const same = final.inPlace === 1 && final.fixed === 1
          const foreseen = decide(type, row, wanted(given, open ? null : same ? 'same' : 'other'))
          const known = decide(type, row, wanted(final, same ? 'same' : 'other'))
          expect(allowed(foreseen, known), `${JSON.stringify(foreseen)} → ${JSON.stringify(known)}`).to.equal(true)
        },
      ),
    )
  })
})
