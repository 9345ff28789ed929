import { createHmac } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import { contextOf, failureOf } from '../testing/context.js'
import type { Client } from './connect.js'
import { grantId, propertiesOfGrant } from './grant-id.js'
import { holding, ownOf, together, toRevoke } from './grant-changes.js'
import type { Held } from './held.js'
import { validateNames, validateUnreserved } from './names.js'
import { readId, writeId } from './object-id.js'
import { readRuns, standing, writeRuns } from './once.js'
import { connections } from './options.js'
import { runScripts } from './script-run.js'
import { isVerifierOf, scramVerifier } from './scram.js'
import { movesServer, readUrl, serverOf } from './server.js'

const part = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' })

describe('a SCRAM verifier', () => {
  it('proves what RFC 7677 has its server prove', async () => {
    const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')
    const verifier = await scramVerifier('pencil', { salt })
    expect(verifier).to.match(/^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$[\w+/]{43}=:[\w+/]{43}=$/)
    const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'
    const said = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=${salt.toString('base64')},i=4096,c=biws,r=${nonce}`
    const serverKey = Buffer.from(verifier.split(':').at(-1) ?? '', 'base64')
    expect(createHmac('sha256', serverKey).update(said).digest('base64')).to.equal(
      '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
    )
  })

  it('is known again, and no other password is taken for it', async () => {
    const verifier = await scramVerifier('pencil')
    expect(await isVerifierOf(verifier, 'pencil')).to.equal(true)
    expect(await isVerifierOf(verifier, 'Pencil')).to.equal(false)
    for (const other of [null, 'md5a3556571e93b0d20722ba62be61e8c2d', ''])
      expect(await isVerifierOf(other, 'pencil'), String(other)).to.equal(false)
    expect(await scramVerifier('pencil')).not.to.equal(verifier)
  })
})

describe('names and ids on a PostgreSQL server', () => {
  it('are refused where PostgreSQL would cut or misread them', async () => {
    for (const name of ['', 'a\0b', 'ü'.repeat(32)])
      expect(await failureOf(() => validateNames({ name }, 'name'))).to.match(/is no name in PostgreSQL/)
    for (const name of ['pg_', 'pg_x', 'public'])
      expect(await failureOf(() => validateUnreserved({ name }, 'public'))).to.match(/is reserved by PostgreSQL/)
    expect(() => validateUnreserved({ name: 'public' })).not.to.throw()
    validateNames({ name: 'ü'.repeat(31), list: ['"; DROP TABLE x'], none: null }, 'name', 'list', 'none')
  })

  it('come back as they were', () =>
    fc.assert(
      fc.property(part, part, part, fc.array(part), (place, database, name, objects) => {
        expect(readId(writeId({ place, name }), false)).to.deep.equal({ place, name })
        expect(readId(writeId({ place, database, name }), true)).to.deep.equal({ place, database, name })
        const properties = {
          connection: place,
          server: null,
          database,
          role: name,
          object_type: 'table',
          schema: name,
          objects,
          privileges: ['SELECT', 'INSERT'],
          with_grant_option: false,
        }
        expect(propertiesOfGrant({}, grantId(properties))).to.deep.equal(properties)
      }),
    ))

  it('are refused in another form', async () => {
    expect(await failureOf(() => readId('main', false))).to.match(/such as main\/app$/)
    expect(await failureOf(() => readId('main/app', true))).to.match(/such as main\/app\/public$/)
    expect(await failureOf(() => propertiesOfGrant({}, 'main/app'))).to.match(/names no grant/)
  })
})

describe('a server', () => {
  it('is read from its URL', () => {
    expect(readUrl('postgresql://a%40b:p%2Fw@[::1]:6000/d?sslmode=require')).to.deep.equal({
      host: '::1',
      port: 6000,
      user: 'a@b',
      password: 'p/w',
      database: 'd',
      sslMode: 'require',
    })
    expect(readUrl('postgres://u@localhost/?host=/run/postgresql')).to.include({
      host: '/run/postgresql',
      port: 5432,
      database: 'postgres',
    })
    for (const wrong of [
      '',
      'http://u@h/',
      'postgresql://h/d',
      'postgresql://u@h/d?sslmode=maybe',
      'postgresql://u@h/d?x=1',
    ])
      expect(readUrl(wrong), wrong).to.equal(undefined)
  })

  it('is named by a connection or given itself, and is another one only if it is elsewhere', async () => {
    const named = connections.type.parse('main=postgresql://u:p@h/d, other = postgresql://u@h2/') as never
    expect(connections.type.print(named)).to.equal('')
    expect(connections.type.parse('main=postgresql://u@h/, main=postgresql://u@h/')).to.equal(undefined)
    expect(serverOf({ connection: 'main', server: null }, named)).to.include({ host: 'h', sslMode: 'verify-full' })
    expect(await failureOf(() => serverOf({ connection: 'none', server: null }, named))).to.match(
      /not among \[postgresql\] connections/,
    )
    expect(await failureOf(() => serverOf({ connection: null, server: null }, named))).to.match(
      /either connection or server/,
    )
    const server = (host: string, password: string) => ({ connection: null, server: { host, port: 5432, password } })
    expect(movesServer(server('a', 'x'), server('a', 'y'))).to.equal(undefined)
    expect(movesServer(server('a', 'x'), server('b', 'x'))).to.equal('its server changes')
    expect(movesServer({}, server('b', 'x'))).to.equal(undefined)
  })
})

describe('privileges', () => {
  const held = (of: Record<string, string[]>): Held =>
    Object.fromEntries(
      Object.entries(of).map(([oid, names]) => [
        oid,
        { identity: `public.${oid}`, grants: names.map(privilege => ({ privilege, grantable: false })) },
      ]),
    )

  it('that others had granted are never revoked; all that were granted are', () => {
    const names = fc.subarray(['SELECT', 'INSERT', 'UPDATE'])
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), names, { noNullPrototype: true }),
        names,
        names,
        (before, first, second) => {
          const own = ownOf(held(before), first, {})
          const during = Object.fromEntries(
            Object.entries(before).map(([on, had]) => [on, [...new Set([...had, ...first])]]),
          )
          expect(holding(held(during), first, false)).to.deep.equal(first)
          const later = ownOf(held(during), second, own)
          const revoked = toRevoke(held(during), own, later)
          for (const [on, had] of Object.entries(before)) {
            for (const name of had) expect(revoked[on] ?? []).not.to.include(name)
            for (const name of first.filter(one => !had.includes(one) && !second.includes(one)))
              expect(revoked[on]).to.include(name)
          }
        },
      ),
    )
  })

  it('that are the same go together', () => {
    const wanted = { a: ['SELECT', 'INSERT'], b: ['INSERT', 'SELECT'], c: ['SELECT'], d: [], gone: ['SELECT'] }
    expect(together(wanted, held({ a: [], b: [], c: [], d: [] }))).to.deep.equal([
      { privileges: ['INSERT', 'SELECT'], on: ['public.a', 'public.b'] },
      { privileges: ['SELECT'], on: ['public.c'] },
    ])
  })
})

describe('what is known of the runs of a script', () => {
  it('comes back as it was', () => {
    for (const id of ['700', '700>771@abc', '>771@abc', 'a-resource', 'a-resource>1@b'])
      expect(writeRuns(readRuns(id))).to.equal(id)
    expect(readRuns(null)).to.deep.equal({ settled: undefined })
  })

  it('is what the server says, which some day has forgotten it', async () => {
    const server = (status: string | null) => ({ query: async () => ({ rows: [{ status }] }) }) as unknown as Client
    const runs = readRuns('700>771@abc')
    expect(await standing(server('committed'), runs)).to.deep.equal({ settled: '771', by: 'abc' })
    expect(await standing(server('aborted'), runs)).to.deep.equal({ settled: '700' })
    expect(await standing(server('in progress'), runs)).to.equal(undefined)
    expect(await standing(server(null), runs)).to.deep.equal({ settled: '700', forgotten: '771' })
  })

  it('keeps a script from being run again that may have been run, unless it may run twice', async () => {
    const sent: string[] = []
    const server = {
      query: async (sql: string) => {
        sent.push(sql)
        return { rows: [{ status: null }] }
      },
    } as unknown as Client
    const run = (transaction: boolean) => {
      const context = contextOf({ up: 'UP', query: '', transaction, timeout_seconds: 1 }, { physicalId: '>771@abc' })
      return runScripts(server, context, () => ['UP'], { keepsRows: false })
    }
    expect(await failureOf(() => run(true))).to.include('does not know any more whether the transaction 771')
    expect(sent).not.to.include('UP')
    await run(false)
    expect(sent).to.include('UP')
  })
})
