import { expect } from 'chai'
import { HearthDatabase } from './database.js'
import { freePort } from './embedded/index.js'
import { patiently } from './patiently.js'
import { stacks } from './stores/stack-store.js'
import { type Bench, eachPostgres, stackRow, until } from './testing/each-postgres.js'
import { statement } from './transaction.js'
import { codeOf, isAway } from './trouble.js'

eachPostgres('statements and transactions', bench => {
  let server: Bench['server']
  let db: HearthDatabase
  before(() => {
    ;({ server, db } = bench())
  })

  it('survive transactions that meet: a deadlock is tried again', async () => {
    const [one, two] = [stackRow(), stackRow()]
    for (const row of [one, two]) await db.transaction(tx => stacks.insert(tx, row))
    const both = async (first: string, second: string): Promise<void> =>
      db.transaction(async tx => {
        await stacks.lock(tx, first)
        await new Promise(resolve => setTimeout(resolve, 50))
        await stacks.lock(tx, second)
      })
    await Promise.all([both(one.id, two.id), both(two.id, one.id)])
  })

  it('report what PostgreSQL says, by its code, and nothing of the values that were sent', async () => {
    const sent = ['12345678-0000-4000-8000-000000000000', '{"password": "secret"']
    const text = `INSERT INTO template (id, stack_id, root_id, content, environment, files, digest)
      VALUES ($1, $1, $1, $2::jsonb, '{}', '{}', '')`
    for (const send of [() => db.query(text, sent), () => db.transaction(tx => tx.query(text, sent))]) {
      const error = await send().catch(failure => failure as Error & { code?: string })
      expect(error).to.be.instanceOf(Error).with.property('code', '22P02')
      expect(codeOf(error)).to.equal('22P02')
      expect((error as Error).stack).to.include('database.')
      const { where: _, detail: __, ...rest } = error as unknown as Record<string, unknown>
      expect(JSON.stringify(rest)).not.to.include('password')
    }
  })

  it('prepare statements that have a name once a connection, and no others', async () => {
    await db.transaction(async tx => {
      const named = statement('test-named', 'SELECT $1::text AS given')
      for (const given of ['a', 'b']) expect(await tx.query(named, [given])).to.deep.equal([{ given }])
      await tx.query('SELECT $1::text AS given', ['c'])
      const prepared = await tx.query<{ name: string }>(
        `SELECT name FROM pg_prepared_statements WHERE statement LIKE '%AS given'`,
      )
      expect(prepared).to.deep.equal([{ name: 'test-named' }])
    })
  })

  it('go on when connections are cut, in the middle of a transaction and idle', async () => {
    const error = await db
      .transaction(async tx => {
        const [{ pid } = { pid: 0 }] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
        await db.query('SELECT pg_terminate_backend($1)', [pid])
        await tx.query('SELECT 1')
      })
      .catch(failure => failure)
    expect(error).to.be.instanceOf(Error)
    await db.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    )
    await until('connections that work', async () => {
      const answers = await Promise.allSettled(Array.from({ length: 12 }, () => db.query('SELECT 1')))
      return answers.every(({ status }) => status === 'fulfilled')
    })
  })

  it('tell whether the database answers', async () => {
    const own = new HearthDatabase({ url: await server.createDatabase(), maxPoolSize: 2 })
    expect(await own.ping()).to.equal(true)
    await own.close()
    await own.close()
    expect(await own.ping()).to.equal(false)
    const nobody = new HearthDatabase({ url: `postgresql://u:p@127.0.0.1:${await freePort()}/none`, maxPoolSize: 2 })
    expect(await nobody.ping()).to.equal(false)
    await nobody.close()
  })

  it('do not take the database for away while it is our own process that is busy', async () => {
    const ping = db.ping()
    await new Promise(resolve => setImmediate(resolve))
    const until = performance.now() + 2_200
    while (performance.now() < until);
    expect(await ping).to.equal(true)
  })

  it('lose their locks once their process has stood still for too long, unless they may take their time', async () => {
    const own = new HearthDatabase({ url: await server.createDatabase(), maxPoolSize: 2, idleTransactionMs: 200 })
    const shown = `SELECT current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('tcp_user_timeout') AS tcp`
    const lock = 'SELECT pg_advisory_xact_lock(7)'
    const error = await own
      .transaction(async tx => {
        await patiently(tx, async () => expect(await tx.query(shown)).to.deep.equal([{ idle: '15s', tcp: '10000' }]))
        expect(await tx.query(shown)).to.deep.equal([{ idle: '200ms', tcp: '10000' }])
        const refused = await patiently(tx, () => Promise.reject(new Error('no'))).catch(String)
        expect(refused).to.equal('Error: no')
        expect(await tx.query(shown)).to.deep.equal([{ idle: '200ms', tcp: '10000' }])
        await tx.query(lock)
        // Has it only when this one is over, which asks nothing more.
        await own.transaction(other => other.query(lock))
        await tx.query('SELECT 1')
      })
      .catch(failure => failure)
    expect(isAway(error)).to.equal(true)
    await own.close()
  })

  it('are tried again a few times, and then report what they met', async () => {
    const warnings: string[] = []
    const own = new HearthDatabase({
      url: await server.createDatabase(),
      maxPoolSize: 2,
      warn: message => warnings.push(message),
    })
    let tries = 0
    const clash = `DO $$ BEGIN RAISE SQLSTATE '40001'; END $$`
    const result = await own.transaction(async tx => {
      tries += 1
      if (tries < 3) await tx.query(clash)
      return 'done'
    })
    expect([result, tries, warnings.length]).to.deep.equal(['done', 3, 2])
    const error = await own.transaction(tx => tx.query(clash)).catch(failure => failure)
    expect(codeOf(error)).to.equal('40001')
    expect(warnings).to.have.length(6)
    // What is thrown for another reason is thrown at once.
    await own
      .transaction(() => Promise.reject(new Error('no')))
      .catch(failure => expect(failure.message).to.equal('no'))
    expect(warnings).to.have.length(6)
    await own.close()
  })

  it('run what is to follow a commit after it, and never after a rollback', async () => {
    const said: string[] = []
    await db.transaction(async tx => tx.afterCommit(() => said.push('committed')))
    await db
      .transaction(async tx => {
        tx.afterCommit(() => said.push('rolled back'))
        throw new Error('no')
      })
      .catch(() => undefined)
    expect(said).to.deep.equal(['committed'])
  })

  it('carry out statements in the order in which they are sent, answered or not', async () => {
    const { id } = stackRow()
    await db.transaction(tx =>
      Promise.all([
        tx.query('CREATE TEMPORARY TABLE sent (at int) ON COMMIT DROP'),
        ...Array.from({ length: 20 }, (_, at) => tx.query('INSERT INTO sent VALUES ($1)', [at])),
        tx
          .query('SELECT array_agg(at) AS all FROM sent')
          .then(([row]) => expect(row).to.deep.equal({ all: Array.from({ length: 20 }, (_, at) => at) })),
      ]),
    )
    const failure = await db
      .transaction(tx => Promise.all([tx.query('SELECT 1 / 0'), tx.query('SELECT 1'), stacks.lock(tx, id)]))
      .catch(error => error)
    expect(codeOf(failure)).to.equal('22012')
  })

  it('take no statement that belongs to a transaction once it is over', async () => {
    const kept: { query?: (text: string) => Promise<unknown> } = {}
    await db.transaction(async tx => {
      kept.query = text => tx.query(text)
    })
    expect(await kept.query?.('SELECT 1').catch(error => error)).to.have.property('message', 'the transaction is over')
  })

  it('are heard of again after the listening connection was cut', async () => {
    const heard: string[] = []
    const stop = await db.listen('test_channel', payload => heard.push(payload))
    await db.query(`SELECT pg_notify('test_channel', 'one')`)
    await until('the first', () => heard.includes('one'))
    await db.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hearth listener' AND datname = current_database()`,
    )
    // Told to look once, since notifications may have been lost.
    await until('a look', () => heard.includes(''))
    await db.query(`SELECT pg_notify('test_channel', 'two')`)
    await until('the second', () => heard.includes('two'))
    await stop()
  })
})
