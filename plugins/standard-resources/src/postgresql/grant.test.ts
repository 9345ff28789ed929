import type { JsonMap } from '@hearth/core/plugin'
import { expect } from 'chai'
import { failureOf, stepOf } from '../testing/context.js'
import type { Client, Session } from './connect.js'
import { grant } from './grant.js'
import { role } from './role.js'

describe('what is known of a grant only when it is made', () => {
  let sent: string[]
  beforeEach(() => (sent = []))
  const client = { query: async (sql: string) => (sent.push(sql), { rows: [] }) } as unknown as Client
  const session: Session = (_properties, _database, _signal, work) => work(client)
  const properties = {
    connection: 'main',
    role: 'web',
    object_type: 'table',
    schema: 'public',
    objects: [],
    privileges: ['SELECT'],
  }
  const create = (more: JsonMap, cursor?: JsonMap) =>
    failureOf(() => grant(session).create(stepOf(grant(session), { ...properties, ...more }), cursor))

  it('is refused as it is in a template, and gets into no statement', async () => {
    const evil = 'SELECT ON TABLE public.a TO web; DROP TABLE public.a; --'
    expect(await create({ privileges: [evil] })).to.include('cannot be had on a table')
    expect(await create({ privileges: [evil] }, { own: {} })).to.include('cannot be had on a table')
    expect(await create({ role: 'x'.repeat(64) })).to.include('is no name in PostgreSQL')
    expect(await create({}, { own: { 'public.a': [evil] } })).to.include('cannot be had on a table')
    const own = stepOf(role(session), { connection: 'main', name: 'x'.repeat(64) })
    expect(await failureOf(() => role(session).create(own))).to.include('is no name in PostgreSQL')
    expect(sent.filter(sql => !['BEGIN', 'ROLLBACK'].includes(sql) && !sql.startsWith('SELECT o.'))).to.deep.equal([])
  })

  it('may be of a kind that there is not, by what is imported', async () => {
    const step = stepOf(grant(session), {}, { physicalId: 'main/app/web/view/public//SELECT', properties: {} })
    expect(await failureOf(() => grant(session).adopt?.(step))).to.include("'view' is none; expected database")
  })
})
