import { expect } from 'chai'
import type { JsonMap, ResourceType } from '../plugin/index.js'
import type { Incarnation } from './rows/incarnation.js'
import { incarnation, plainType } from './kit.test.js'
import { observed, overlaid, unread } from './observe.js'
import { typeRegistry } from './types.js'

const seen = plainType({
  name: 'Seen',
  properties: { size: { type: 'integer' }, label: { type: 'string' } },
})
const row = (patch: Partial<Incarnation> = {}): Incarnation =>
  incarnation({ declaredType: 'Seen', type: 'Seen', physicalId: 'p', properties: { size: 1, label: 'x' }, ...patch })

describe('what is stored, with what is found over it', () => {
  it('has the live properties, those that nobody declared left out', () => {
    expect(overlaid(row(), { size: 2, owner: 'somebody' }, seen).properties).to.deep.equal({ size: 2, label: 'x' })
    expect(overlaid(row({ properties: { size: 1 } }), { label: 'y' }, seen).properties).to.deep.equal({
      size: 1,
      label: 'y',
    })
    expect(overlaid(row(), { size: 2, owner: 'somebody' }, { properties: 'any' }).properties).to.deep.equal({
      size: 2,
      label: 'x',
    })
  })

  it('is the same object when nothing has drifted', () => {
    const stored = row({ properties: { size: null, label: 'x' } })
    expect(overlaid(stored, { size: null }, seen)).to.equal(stored)
  })

  it('is gone when nothing is there', () => {
    expect(overlaid(row(), undefined, seen)).to.deep.equal(row({ live: 'gone' }))
  })
})

describe('observing', () => {
  const sight = (incarnation: Incarnation) => ({ incarnation, project: 'demo' })
  const warnings: string[] = []
  const log = {
    debug: () => {},
    info: () => {},
    error: () => {},
    warn: (_: object, text: string) => warnings.push(text),
  }
  const observing = (observe: NonNullable<ResourceType['observe']>, more: Partial<ResourceType> = {}) => ({
    types: typeRegistry([{ ...seen, ...more, observe }]),
    log,
  })
  const two = async (): Promise<JsonMap> => ({ size: 2 })
  beforeEach(() => warnings.splice(0))

  it('asks the type of each resource that is settled', async () => {
    const [one] = await observed([sight(row())], observing(two))
    expect(one?.properties).to.deep.equal({ size: 2, label: 'x' })
  })

  it('leaves alone what was not begun, is under way or outside, and types that have nothing to see', async () => {
    const never = observing(() => Promise.reject(new Error('was asked')))
    const rows = [row({ action: 'INIT' }), row({ action: 'UPDATE', status: 'IN_PROGRESS' }), row({ externalId: 'out' })]
    expect(await observed(rows.map(sight), never)).to.deep.equal(rows)
    expect(unread(rows, never.types)).to.deep.equal(rows)
    for (const more of [{ effectless: true }, { unchanging: true }]) {
      expect(await observed([sight(row())], observing(two, more))).to.deep.equal([row()])
    }
    expect(await observed([sight(row())], { types: typeRegistry([seen]), log })).to.deep.equal([row()])
    expect(warnings).to.deep.equal([])
  })

  it('finds nothing where there is no physical id', async () => {
    const never = observing(() => Promise.reject(new Error('was asked')))
    expect((await observed([sight(row({ physicalId: null }))], never))[0]?.live).to.equal('gone')
  })

  it('compares as stored, with a warning, what cannot be read or not in time', async () => {
    for (const [broken, deadline] of [
      [observing(() => Promise.reject(new Error('away'))), 1_000],
      [observing(() => new Promise(() => {})), 1],
    ] as const) {
      expect(await observed([sight(row())], broken, deadline)).to.deep.equal([row()])
    }
    const text = 'The live state of a (Seen) cannot be read; it is compared as stored'
    expect(warnings).to.deep.equal([text, text])
  })

  it('is announced to whoever decides before anybody has looked', () => {
    expect(unread([row()], observing(two).types)).to.deep.equal([row({ live: 'unread' })])
  })
})
