import { Daemon, templates, until } from '@hearth/conformance'
import { HearthDatabase } from '@hearth/db'
import { expect } from 'chai'

const { template, test, value } = templates

/** A daemon, and what its rows said after each statement that changed nodes. */
class Watched {
  private constructor(
    readonly daemon: Daemon,
    private readonly db: HearthDatabase,
    private readonly others: HearthDatabase,
  ) {}

  static async start(options: Record<string, string>): Promise<Watched> {
    const daemon = await Daemon.start({ engine: 'convergence', options: { ...options, 'process:allowed': 'sleep' } })
    const [db, others] = [1, 2].map(
      () => new HearthDatabase({ url: daemon.shared()['database:connection'] as string, maxPoolSize: 1 }),
    ) as [HearthDatabase, HearthDatabase]
    await db.query(`CREATE TABLE seen (what text, of text, steps bigint);
      CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO seen SELECT 'leased', project, count(*) FROM node WHERE state = 'leased' GROUP BY project
          UNION ALL SELECT 'begun', project, count(*) FROM node WHERE lane = '' GROUP BY project
          UNION ALL SELECT 'begun', type, count(*) FROM node WHERE lane = '' GROUP BY type;
        RETURN NULL; END $$;
      CREATE TRIGGER see AFTER UPDATE ON node FOR EACH STATEMENT EXECUTE FUNCTION see()`)
    return new Watched(daemon, db, others)
  }

  /** The most at once, of a project or a type. */
  async most(what: 'leased' | 'begun', of: string): Promise<number> {
    const rows = await this.db.query<{ most: string }>(
      'SELECT max(steps) AS most FROM seen WHERE what = $1 AND of = $2',
      [what, of],
    )
    return Number(rows[0]?.most)
  }

  /** Who claims under a limit takes one lock: here it is ours, until the work is done. */
  async holdClaims(work: () => Promise<void>): Promise<void> {
    await this.db.transaction(async tx => {
      await tx.query(`SELECT pg_advisory_xact_lock(hashtext('hearth.convergence.limits'))`)
      await work()
    })
  }

  /** How many wait for it, and whether somebody has it who does nothing. */
  async claims(): Promise<{ waiting: number; idle: boolean }> {
    const [row] = await this.others.query<{ waiting: number; idle: boolean }>(
      `SELECT count(*) FILTER (WHERE NOT granted)::int AS waiting,
          count(*) FILTER (WHERE granted AND state = 'idle in transaction') > 0 AS idle
        FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND query LIKE '%limits%'`,
    )
    return row ?? { waiting: 0, idle: false }
  }

  async stop(): Promise<void> {
    await this.others.close()
    await this.db.close()
    await this.daemon.remove()
  }
}

const several = <T>(count: number, name: string, resource: (at: number) => T): Record<string, T> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${name}${at}`, resource(at)]))
const sleep = (seconds: string, more: object = {}) => ({
  type: 'Hearth::Process::Command',
  properties: { create: ['sleep', seconds] },
  ...more,
})

describe('the slots of a daemon', () => {
  const share = 4
  let watched: Watched
  before(async () => {
    watched = await Watched.start({ 'convergence:slots': '5', 'convergence:project_share': '0.8' })
  })
  after(() => watched?.stop())

  it('are left to others by a project that has its share: of what begins, goes on, and follows on what ends', async () => {
    const { daemon } = watched
    const long = several(8, 's', at => sleep('2', { depends_on: at % 2 === 0 ? 'v' : 't' }))
    const waiting = several(20, 'w', () => test({ wait_secs: 0.5 }))
    const busy = await daemon.api('busy').create('busy', template({ v: value('v'), t: test({}), ...long, ...waiting }))
    await busy.resourceReaches('s0', 'CREATE_IN_PROGRESS')

    const quiet = await daemon.api('quiet').create('quiet', template({ one: test({}) }))
    await quiet.reaches('CREATE_COMPLETE')
    const statuses = Object.values(await busy.resources()).map(({ resource_status }) => resource_status)
    expect(statuses).to.include('CREATE_IN_PROGRESS')

    await busy.reaches('CREATE_COMPLETE', 30_000)
    expect(await watched.most('leased', 'busy')).to.equal(share)
  })
})

describe('limits of steps at once', () => {
  let watched: Watched
  before(async () => {
    watched = await Watched.start({
      'convergence:steps_per_type': 'OS::Heat::TestResource=2',
      'convergence:steps_per_project': '3',
      'worker:lease_seconds': '2',
    })
  })
  after(() => watched?.stop())

  it('hold for all of a type and for all of a project, pauses included, and are used up', async () => {
    const all = { ...several(6, 't', () => test({ wait_secs: 0.2 })), ...several(6, 's', () => sleep('0.2')) }
    const stacks = await Promise.all(
      ['p', 'q'].map(project => watched.daemon.api(project).create('all', template(all))),
    )
    for (const stack of stacks) await stack.reaches('CREATE_COMPLETE', 30_000)
    const most = await Promise.all(['OS::Heat::TestResource', 'p', 'q'].map(of => watched.most('begun', of)))
    expect(most).to.deep.equal([2, 3, 3])
  })

  it('hold up nobody for longer than a lease when a worker is stopped in the middle of a claim', async () => {
    const { daemon } = watched
    const options = { ...daemon.shared(), 'DEFAULT:roles': 'worker', 'convergence:steps_per_project': '3' }
    const stopped = await Daemon.start({
      engine: 'convergence',
      options: { ...options, 'worker:lease_seconds': '2', 'process:allowed': 'sleep' },
    })
    try {
      // Both ask for the lock that we have, one behind the other.
      await watched.holdClaims(async () => {
        await daemon.api('first').create('first', template({ one: sleep('0') }))
        await until('both to claim', 20_000, async () => ((await watched.claims()).waiting >= 2 ? true : undefined))
        stopped.process.kill('SIGSTOP')
      })
      await until('the stopped one to hold all up', 20_000, async () =>
        (await watched.claims()).idle ? true : undefined,
      )
      const began = Date.now()
      const other = await daemon.api('second').create('second', template({ one: sleep('0') }))
      await other.reaches('CREATE_COMPLETE', 30_000)
      expect(Date.now() - began).to.be.lessThan(10_000)
    } finally {
      stopped.process.kill('SIGCONT')
      await stopped.remove()
    }
  })
})
