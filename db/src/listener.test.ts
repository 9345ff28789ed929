import { expect } from 'chai'
import pg from 'pg'
import { freePort } from './embedded/index.js'
import { Listener } from './listener.js'
import { TestServer } from './testing/index.js'
import { until } from './testing/each-postgres.js'

const quiet = { warn: (): void => undefined, debug: (): void => undefined }

describe('a listener', () => {
  let server: TestServer
  before(async () => {
    server = await TestServer.start()
  })
  after(() => server?.stop())

  const admin = async (sql: string): Promise<pg.QueryResult> => {
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    try {
      return await client.query(sql)
    } finally {
      await client.end()
    }
  }
  const notify = (channel: string, payload: string) => admin(`SELECT pg_notify('${channel}', '${payload}')`)
  const connections = async (): Promise<number> => {
    const { rows } = await admin(
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'hearth listener'`,
    )
    return rows[0].count
  }
  const cut = () =>
    admin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hearth listener'`)

  it('hears each channel for everybody who asked, until they leave', async () => {
    const listener = new Listener(server.url, quiet)
    const heard: string[] = []
    const [leaveA] = await Promise.all([
      listener.listen('one', payload => heard.push(`a ${payload}`)),
      listener.listen('one', payload => heard.push(`b ${payload}`)),
      listener.listen('Two "2"', payload => heard.push(`c ${payload}`)),
    ])
    await notify('one', '1')
    await notify('Two "2"', '2')
    await until('both channels', () => heard.includes('c 2'))
    expect(heard).to.deep.equal(['a 1', 'b 1', 'c 2'])
    await leaveA?.()
    await leaveA?.()
    await notify('one', '3')
    await until('the one who stayed', () => heard.includes('b 3'))
    expect(heard).to.deep.equal(['a 1', 'b 1', 'c 2', 'b 3'])
    expect(await connections()).to.equal(1)
    await listener.close()
    await until('the end of the connection', async () => (await connections()) === 0)
  })

  it('has one connection again after it was cut, however many ask meanwhile', async () => {
    const said: string[] = []
    const listener = new Listener(server.url, { ...quiet, debug: message => said.push(message) })
    const heard: string[] = []
    await listener.listen('one', payload => heard.push(payload))
    for (let round = 1; round <= 3; round++) {
      await cut()
      await listener.listen(`more-${round}`, () => undefined).catch(() => undefined)
      await until('a look after the reconnect', () => heard.filter(payload => payload === '').length === round)
      await notify('one', `round ${round}`)
      await until('a notification', () => heard.includes(`round ${round}`))
    }
    expect(await connections()).to.equal(1)
    expect(said).to.have.length(3)
    await listener.close()
  })

  it('says that it cannot connect, and does not go on trying for nobody', async () => {
    const said: string[] = []
    const say = (message: string): void => void said.push(message)
    const listener = new Listener(`postgresql://u:p@127.0.0.1:${await freePort()}/none`, { warn: say, debug: say })
    const error = await listener.listen('one', () => undefined).catch(failure => failure as { code?: string })
    expect(error).to.deep.include({ code: 'ECONNREFUSED' })
    expect(said).to.deep.equal([])
    await listener.close()
    const late = await listener.listen('one', () => undefined).catch(failure => (failure as Error).message)
    expect(late).to.match(/closed/)
  })
})
