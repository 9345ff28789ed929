import { expect } from 'chai'
import pg from 'pg'
import { HearthDatabase } from './database.js'
import { codeOf, isAway } from './trouble.js'
import { type Bench, eachPostgres, until } from './testing/each-postgres.js'

eachPostgres('a server that takes no writes', bench => {
  let server: Bench['server']
  let admin: pg.Client
  before(async () => {
    ;({ server } = bench())
    admin = new pg.Client(await server.createDatabase())
    await admin.connect()
  })
  after(() => admin?.end())

  it('is away to the pool and to a ping, until it takes them', async () => {
    const url = await server.createDatabase()
    const name = new URL(url).pathname.slice(1)
    await admin.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
    const db = new HearthDatabase({ url, maxPoolSize: 2 })
    for (const send of [() => db.query('SELECT 1'), () => db.transaction(tx => tx.query('SELECT 1'))]) {
      const error = await send().catch(failure => failure)
      expect(codeOf(error)).to.equal('25006')
      expect(isAway(error)).to.equal(true)
    }
    expect(await db.ping()).to.equal(false)
    await until('its connections to be closed', async () => {
      const { rows } = await admin.query('SELECT FROM pg_stat_activity WHERE datname = $1', [name])
      return rows.length === 0
    })

    await admin.query(`ALTER DATABASE ${name} SET default_transaction_read_only = off`)
    expect(await db.ping()).to.equal(true)
    expect(await db.query('SELECT 1 AS one')).to.deep.equal([{ one: 1 }])
    await db.close()
  })

  it('is not asked again on the connection that it has refused a write on', async () => {
    const db = new HearthDatabase({ url: await server.createDatabase(), maxPoolSize: 1 })
    await db.query('CREATE TABLE kept (id int)')
    const write = (): Promise<unknown> => db.transaction(tx => tx.query('INSERT INTO kept VALUES (1)'))
    await db.query('SET default_transaction_read_only = on')
    const error = await write().catch(failure => failure)
    expect(codeOf(error)).to.equal('25006')
    expect(isAway(error)).to.equal(true)
    await write()
    await db.close()
  })
})
