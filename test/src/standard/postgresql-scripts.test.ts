import type { Done, JsonMap } from '@hearth/core/plugin'
import { expect } from 'chai'
import { failure, stepsOnPostgresql } from './step-caller.js'

describe('scripts on a PostgreSQL server', () => {
  const { ask, resource, type } = stepsOnPostgresql()

  it('are run once, whether their steps died before the commit or after it', async () => {
    await ask('CREATE TABLE ran (n int)')
    const script = (up: string) => resource('Script', { database: 'hearth', up, down: 'INSERT INTO ran VALUES (-1)' })
    const ran = async () => (await ask('SELECT n FROM ran ORDER BY n')).map(({ n }) => n)

    const after = script('INSERT INTO ran VALUES (1)')
    await after.call('create', { dies: true })
    await after.whole('create')
    expect(await ran()).to.deep.equal([1])

    const before = script('INSERT INTO ran VALUES (2); SELECT 1 / 0')
    expect(await failure(before.call('create'))).to.match(/division by zero/)
    expect(before.physicalId, 'nothing has come to be, as is known by now').to.equal('')
    await before.whole('delete')
    expect(await ran(), 'what never came to be is not taken back').to.deep.equal([1])

    await after.call('delete', { dies: true })
    await after.whole('delete')
    expect(await ran()).to.deep.equal([-1, 1])
    expect(await failure(script('COMMIT').call('create'))).to.match(/has ended its transaction/)
    await ask('DROP TABLE ran')
  })

  it('read no more rows of a query than are kept, and of one query only', async () => {
    const asking = (query: string, more: JsonMap = {}) =>
      resource('Script', { database: 'hearth', up: 'SELECT 1', query, ...more })
    const begun = performance.now()
    // Whoever reads all of them, reads until the statement has taken too long.
    const endless = 'SELECT generate_series(1, 100000000000) -- and on'
    expect(await failure(asking(endless).call('create'))).to.match(/query answers more than 1000 rows/)
    expect(performance.now() - begun).to.be.below(20_000)
    expect(await failure(asking('SELECT 1; SELECT 2').call('create'))).to.match(/multiple commands/)
    const { attributes } = (await asking('SELECT n FROM generate_series(1, 1000) n;').call('create')) as Done
    expect(attributes?.rows).to.have.length(1000)
    const checked = asking('', { check: `SELECT generate_series(1, 100000000000) = 1` })
    await checked.call('create')
    expect(await type('Script').check?.(checked.context('check'))).to.include({ kind: 'done' })
  })

  it('are given up when their steps are, by the server, too', async () => {
    const abort = new AbortController()
    const script = resource('Script', { database: 'hearth', up: 'SELECT pg_sleep(60)' })
    const running = script.call('create', { signal: abort.signal })
    const sleeping = async () =>
      (await ask(`SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'`)).length
    const deadline = Date.now() + 10_000
    while ((await sleeping()) === 0 && Date.now() < deadline) await new Promise(resolve => setTimeout(resolve, 20))
    abort.abort('cancelled')
    expect(await failure(running)).not.to.equal('it did not fail')
    while ((await sleeping()) > 0 && Date.now() < deadline) await new Promise(resolve => setTimeout(resolve, 20))
    expect(await sleeping()).to.equal(0)
  })
})
