import { connect, createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { HearthDatabase } from './database.js'
import { isAway } from './trouble.js'
import { eachPostgres } from './testing/each-postgres.js'

const patienceMs = 200

/** A way to a server that may lose what is sent, without a word to either end. */
class Way {
  private readonly sockets = new Set<Socket>()
  private readonly lossy = new Set<Socket>()

  private constructor(private readonly server: Server) {}

  static async to(port: number): Promise<Way> {
    const server = createServer()
    const way = new Way(server)
    server.on('connection', socket => {
      const other = connect(port, '127.0.0.1')
      for (const [from, onto] of [
        [socket, other],
        [other, socket],
      ] as const) {
        way.sockets.add(from)
        from.on('data', data => way.lossy.has(from) || onto.write(data))
        from.on('close', () => onto.destroy())
        from.on('error', () => undefined)
      }
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return way
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  /** From now on nothing passes on the connections that there are. */
  lose(): void {
    for (const socket of this.sockets) this.lossy.add(socket)
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise(resolve => this.server.close(resolve))
  }
}

eachPostgres('a connection that owes an answer', bench => {
  let way: Way
  let db: HearthDatabase
  const warnings: string[] = []
  before(async () => {
    const url = new URL(await bench().server.createDatabase())
    way = await Way.to(Number(url.port))
    url.port = String(way.port)
    db = new HearthDatabase({ url: url.href, maxPoolSize: 1, patienceMs, warn: text => warnings.push(text) })
  })
  after(async () => {
    await db?.close()
    await way?.close()
  })

  it('is left in peace while the server is at work on it', async () => {
    expect(await db.query(`SELECT pg_sleep(1) IS NULL AS slept`)).to.deep.equal([{ slept: false }])
    expect(warnings).to.deep.equal([])
  })

  it('is given up once the server is known to wait for us', async () => {
    await db.query('SELECT 1')
    way.lose()
    const error = await db.query('SELECT 1').catch(failure => failure)
    expect(isAway(error)).to.equal(true)
    expect(warnings).to.have.length(1)
    expect(await db.query('SELECT 1 AS one')).to.deep.equal([{ one: 1 }])
  })
})
