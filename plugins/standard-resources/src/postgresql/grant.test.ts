import type { JsonMap } from '@hearth/core/plugin'
import { expect } from 'chai'
import { failureOf, stepOf } from '../testing/context.js'
import type { Access } from './access.js'
import type { Client } from './connect.js'
import { grant } from './grant.js'

describe('what is known of a grant only when it is made', () => {
  let sent: string[]
  beforeEach(() => (sent = []))
  /** It knows all that it is asked for. */
  const rows = [{ oid: '5', name: 'web', identity: 'public.a', grants: null }]
  const client = { query: async (sql: string) => (sent.push(sql), { rows }) } as unknown as Client
  const access: Access = { check: () => undefined, session: (_properties, _database, _signal, work) => work(client) }
  const type = grant(access)
  const properties = {
    connection: 'main',
    role: 'web',
    object_type: 'table',
    schema: 'public',
    objects: [],
    privileges: ['SELECT'],
  }
  const evil = 'SELECT ON TABLE public.a TO web; DROP TABLE public.a; --'

  it('is refused as it is in a template', async () => {
    const refusal = (more: JsonMap) =>
      failureOf(() => type.validate?.({ ...properties, ...more }, { name: 'a', timeoutSeconds: 1 }))
    expect(await refusal({ privileges: ['SELECT', evil] })).to.match(/privileges\[1\]: .* cannot be had on a table/)
    expect(await refusal({ role: 'x'.repeat(64) })).to.include('is no name in PostgreSQL')
    expect(await refusal({ objects: ['a', ''] })).to.include('Properties.objects[1]')
  })

  it('gets into no statement, whatever was not looked at before', async () => {
    const create = (more: JsonMap, cursor: JsonMap, data: JsonMap = {}) =>
      failureOf(() => type.create(stepOf(type, { ...properties, ...more }, { data }), cursor))
    expect(await create({ privileges: [evil] }, { own: {} })).to.include('cannot be had on a table')
    expect(await create({}, { own: { 5: [evil] } })).to.include('cannot be had on a table')
    expect(sent.join()).not.to.include('DROP')
  })

  it('may be of a kind that there is not, by what is imported', async () => {
    const step = stepOf(type, {}, { physicalId: 'main/app/web/view/public//SELECT', properties: {} })
    expect(await failureOf(() => type.adopt?.(step))).to.include("'view' is none; expected database")
  })
})
