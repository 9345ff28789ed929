import { Daemon, templates } from '@hearth/conformance'
import { HearthDatabase } from '@hearth/db'
import { expect } from 'chai'

const { template, test, value } = templates
const project = 'busy'

describe('the slots of a daemon', () => {
  const share = 4
  let daemon: Daemon
  let db: HearthDatabase
  before(async () => {
    const options = { 'convergence:slots': '5', 'convergence:project_share': '0.8', 'process:allowed': 'sleep' }
    daemon = await Daemon.start({ engine: 'convergence', options })
    db = new HearthDatabase({ url: daemon.shared()['database:connection'] as string, maxPoolSize: 1 })
    // Every statement that leases notes how many are leased then.
    await db.query(`CREATE TABLE seen (project text, leased bigint);
      CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO seen SELECT project, count(*) FROM node WHERE state = 'leased' GROUP BY project; RETURN NULL; END $$;
      CREATE TRIGGER see AFTER UPDATE ON node FOR EACH STATEMENT EXECUTE FUNCTION see()`)
  })
  after(async () => {
    await db?.close()
    await daemon?.remove()
  })

  it('are left to others by a project that has its share: of what begins, goes on, and follows on what ends', async () => {
    const sleep = (after: string) => ({
      type: 'Hearth::Process::Command',
      properties: { create: ['sleep', '2'] },
      depends_on: after,
    })
    const long = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`s${at}`, sleep(at % 2 === 0 ? 'v' : 't')]))
    const waiting = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`w${at}`, test({ wait_secs: 0.5 })]))
    const busy = await daemon.api(project).create('busy', template({ v: value('v'), t: test({}), ...long, ...waiting }))
    const running = async (): Promise<number> =>
      Object.values(await busy.resources()).filter(one => one.resource_status === 'CREATE_IN_PROGRESS').length
    await busy.resourceReaches('s0', 'CREATE_IN_PROGRESS')

    const quiet = await daemon.api('quiet').create('quiet', template({ one: test({}) }))
    await quiet.reaches('CREATE_COMPLETE', 1_500)
    expect(await running()).to.be.greaterThan(0)

    await busy.reaches('CREATE_COMPLETE', 30_000)
    const [most] = await db.query<{ leased: string }>('SELECT max(leased) AS leased FROM seen WHERE project = $1', [
      project,
    ])
    expect(Number(most?.leased)).to.equal(share)
  })
})
