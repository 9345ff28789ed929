import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { HearthDatabase } from './database.js'
import { coreMigrations, migrate } from './migrate.js'
import { connectionsOf, connectionsOfTool, runningDaemons } from './running-daemons.js'
import { TestServer } from './testing/index.js'
import { until } from './testing/each-postgres.js'

describe('the daemons that are at work on a database', () => {
  let server: TestServer
  before(async () => {
    server = await TestServer.start()
  })
  after(() => server?.stop())

  it('are told by their connections and by their heartbeats, before there is a schema, too', async () => {
    const url = await server.createDatabase()
    const tool = new HearthDatabase({ url, maxPoolSize: 2, name: connectionsOfTool() })
    expect(await runningDaemons(tool)).to.deep.equal([])
    const daemon = new HearthDatabase({ url, maxPoolSize: 1, name: connectionsOf('b') })
    await daemon.reach()
    expect(await runningDaemons(tool)).to.deep.equal(['b'])

    await migrate(tool, [coreMigrations], { to: 'hearth/0001-before-the-flag' })
    const beats = `INSERT INTO worker (id, host, hostname, roles, lease_seconds, report_interval, heartbeat_at)
      VALUES ($1, $2, $2, '{worker}', 4, 60, hearth_now() - make_interval(secs => $3))`
    await tool.query(beats, [randomUUID(), 'a', 0])
    await tool.query(beats, [randomUUID(), 'dead', 60])
    expect(await runningDaemons(tool)).to.deep.equal(['a', 'b'])
    await daemon.close()
    await until('the connection to be gone', async () => (await runningDaemons(tool)).join() === 'a')

    // Of earlier versions, and other tools.
    const unnamed = new HearthDatabase({ url, maxPoolSize: 1, name: 'hearth' })
    const other = new HearthDatabase({ url, maxPoolSize: 1, name: connectionsOfTool() })
    await Promise.all([unnamed.reach(), other.reach()])
    expect(await runningDaemons(tool)).to.deep.equal(['a', 'a host that it does not name', 'a host with hearth-manage'])
    await Promise.all([unnamed.close(), other.close()])
    await tool.close()
  })
})
