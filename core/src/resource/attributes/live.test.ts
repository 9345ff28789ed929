import { ofDatabase, type Queryable, type Statement } from '@hearth/db'
import { expect } from 'chai'
import { NoSuchAttribute, ResourceFailure, type ResourceType } from '../../plugin/index.js'
import type { Incarnation } from '../rows/incarnation.js'
import { readLive } from './live.js'
import { attributesOf, scopeOf } from './scope.js'
import { Secrets } from '../secrets/secrets.js'
import { type Secrecy, templateResource } from '../../template/index.js'
import { typeRegistry } from '../types.js'
import { plainType } from '../kit.test.js'

const answers: Record<string, () => unknown> = {}
const meter: ResourceType = plainType({
  name: 'Meter',
  attributes: { good: { live: true }, shy: { live: true }, broken: { live: true }, stored: {}, '*': { live: true } },
  read: async (_stored, attribute) => answers[attribute]?.() as string,
})
const types = typeRegistry([meter])
const attributesNow = async (all: readonly Incarnation[]) => all
const incarnation = {
  id: 'id',
  name: 'm',
  type: 'Meter',
  declaredType: 'Meter',
  action: 'CREATE',
  status: 'COMPLETE',
  attributes: { stored: 's' },
} as unknown as Incarnation

describe('A live attribute', () => {
  let logged: unknown[]
  const read = () =>
    readLive([{ incarnation, attribute: undefined }], {
      on: { query: async () => [] } as unknown as Queryable,
      types,
      secrets: new Secrets('of a test'),
      log: { debug() {}, info() {}, warn() {}, error: fields => logged.push(fields) },
      attributesNow,
    })

  beforeEach(() => {
    logged = []
    answers.good = () => 'now'
    answers.shy = () => {
      throw new ResourceFailure('not today')
    }
    answers.broken = () => {
      throw new TypeError('a bug of its plugin')
    }
  })

  it('is null where its type says that it cannot be read, and an error where something is wrong', async () => {
    const scope = scopeOf({ find: () => incarnation, types, missing: () => null, live: await read() })
    expect([scope.attribute('m', 'good', []), scope.attribute('m', 'shy', [])]).to.deep.equal(['now', null])
    expect(() => scope.attribute('m', 'broken', [])).to.throw(
      'The attribute broken of m cannot be read: a bug of its plugin',
    )
    expect(logged).to.have.length(1)
  })

  it('that is none is refused by its name', async () => {
    answers.nameless = () => {
      throw new NoSuchAttribute()
    }
    const asked = { incarnation, attribute: 'nameless' }
    const log = { debug() {}, info() {}, warn() {}, error: () => undefined }
    const on = { query: async () => [] } as unknown as Queryable
    const live = await readLive([asked], { on, types, secrets: new Secrets('of a test'), log, attributesNow })
    const scope = scopeOf({ find: () => incarnation, types, missing: () => null, live })
    expect(() => scope.attribute('m', 'nameless', [])).to.throw('The Referenced Attribute (m nameless) is incorrect.')
  })

  it('is null among all of them, for whoever looks at the resource', async () => {
    expect(attributesOf(incarnation, types, await read())).to.deep.equal({
      good: 'now',
      shy: null,
      broken: null,
      stored: 's',
    })
  })

  it('of a resource two templates further in is as secret as it is there', async () => {
    const inner = new Map([
      ['outer', { name: 'a', type: templateResource.name }],
      ['a', { name: 'b', type: 'Safe' }],
    ])
    const row = ({ name, type }: { name: string; type: string }, stackId: string) => ({
      ...incarnation,
      id: name,
      name,
      type,
      stackId,
      implementation: null,
      sealed: null,
      hiddenProperties: null,
      data: null,
      received: null,
      updatedAt: null,
      templateId: 't',
      requires: [],
      deletionPolicy: 'Delete',
      properties: {},
      attributes: { key: 'opensesame', name: 'known' },
    })
    const on = {
      query: async ({ name }: Statement, [ids]: readonly [readonly string[]]) =>
        ids.flatMap((id): object[] => {
          const found = inner.get(id)
          if (found === undefined) return []
          return name === 'resource-named' ? [row(found, id)] : [{ id, parentResourceId: id, templateId: 't' }]
        }),
    } as unknown as Queryable
    const safe: ResourceType = { ...meter, name: 'Safe', attributes: { key: { secret: true }, name: {} } }
    const outer = { ...incarnation, id: 'outer', name: 'outer', type: templateResource.name, data: {} }
    const known = typeRegistry([meter, safe, templateResource])
    const told = async (attribute: string, ...within: string[]) => {
      const asked = { incarnation: outer, attribute, within }
      const log = { debug() {}, info() {}, warn() {}, error: () => undefined }
      const live = await readLive([asked], { on, types: known, secrets: new Secrets('of a test'), log, attributesNow })
      let noted = false
      const secrecy = { note: () => (noted = true) } as unknown as Secrecy
      const scope = scopeOf({ find: () => outer, types: known, missing: () => null, live, secrecy })
      return [scope.attribute('outer', attribute, within), noted]
    }
    expect(await told('resource.a.resource.b.key')).to.deep.equal(['opensesame', true])
    expect(await told('resource.a.resource.b.name')).to.deep.equal(['known', false])
    // The path goes on at any step, and into the value.
    expect(await told('resource.a', 'resource.b', 'key')).to.deep.equal(['opensesame', true])
    expect(await told('resource.a.resource.b', 'name', 0 as never)).to.deep.equal(['k', false])
    const nothing = (attribute: string, ...path: string[]) =>
      told(attribute, ...path).catch((error: Error) => error.message)
    expect(await nothing('resource.a.resource.b.nope')).to.equal(
      'The Referenced Attribute (outer resource.a.resource.b.nope) is incorrect.',
    )
    expect(await nothing('resource.a', 'resource.b', 'nope')).to.equal(
      "The Referenced Attribute (outer ('resource.a', 'resource.b', 'nope')) is incorrect.",
    )
    expect(await nothing('resource.a', 'resource.c', 'nope')).to.equal("Member 'c' not found in group resource 'a'.")
  })

  it('is asked for again later while the database is away', async () => {
    const away = Object.assign(new Error('terminating connection'), { code: '57P01' })
    answers.broken = () => {
      throw away
    }
    expect(attributesOf(incarnation, types, await read()).broken).to.equal(null)
    answers.broken = () => {
      throw ofDatabase(away)
    }
    const error = await read().catch((thrown: unknown) => thrown)
    expect(error).to.equal(away)
  })
})
