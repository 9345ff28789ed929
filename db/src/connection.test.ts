import { createServer, type Server } from 'node:net'
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

eachPostgres('a connection that is ended between two statements of a transaction', bench => {
  it('is told of with what ended it', async () => {
    const db = new HearthDatabase({ url: await bench().server.createDatabase(), maxPoolSize: 2 })
    const failed = await db
      .transaction(async tx => {
        const [mine] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
        await db.query('SELECT pg_terminate_backend($1, 5000)', [mine?.pid])
        // What was sent to the other connection before has come by then.
        await db.query('SELECT 1')
        await tx.query('SELECT 1')
      })
      .catch(error => error)
    expect(failed.message).to.equal('terminating connection due to administrator command')
    expect(codeOf(failed)).to.equal('57P01')
    expect(isAway(failed)).to.equal(true)
    await db.close()
  })
})

describe('a server that ends a connection in the breath in which it takes it', () => {
  let server: Server
  /** A message of the protocol: a letter, the length of the rest, the rest. */
  const message = (type: string, body: string): Buffer => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(4 + body.length)
    return Buffer.concat([Buffer.from(type), length, Buffer.from(body, 'latin1')])
  }
  before(async () => {
    const welcome = [message('R', '\0\0\0\0'), message('Z', 'I')]
    const farewell = message('E', 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0')
    server = createServer(socket => socket.once('data', () => socket.end(Buffer.concat([...welcome, farewell]))))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  })
  after(() => server?.close())

  it('is away, and nothing worse', async () => {
    const { port } = server.address() as { port: number }
    const db = new HearthDatabase({ url: `postgresql://u:p@127.0.0.1:${port}/none`, maxPoolSize: 1 })
    // What an emitter throws that nobody listens to would end the process, and fails this test.
    const error = await db.query('SELECT 1').catch(failure => failure)
    expect(isAway(error), String(error)).to.equal(true)
    await db.close()
  })
})
