import { type Api, Daemon, type Stack, templates, until } from '@hearth/conformance'
import { HearthDatabase } from '@hearth/db'
import { expect } from 'chai'

const { template, test } = templates

/** `hearth-manage migrate-convergence` as a process beside a daemon that works. */
describe('hearth-manage migrate-convergence with many stacks', function () {
  this.timeout(60_000)
  let daemon: Daemon
  let db: HearthDatabase
  let names = 0

  before(async () => {
    daemon = await Daemon.start({ engine: 'false' })
    db = new HearthDatabase({ url: daemon.shared()['database:connection'] as string, maxPoolSize: 4 })
  })
  after(async () => {
    await db?.close()
    await daemon?.remove()
  })

  const migrate = (...args: string[]) => daemon.manage('migrate-convergence', ...args)
  const created = async (content: object, api: Api): Promise<Stack> => {
    const stack = await api.create(`m${++names}`, content)
    await stack.reaches('CREATE_COMPLETE')
    return stack
  }
  const many = 300
  const project = 'many'
  /** Copies of one that was really created. */
  const copies = async (): Promise<void> => {
    const stack = await created(template({ a: test(), b: test() }), daemon.api(project))
    await db.query(
      `WITH made AS (INSERT INTO stack (id, root_id, project, name, action, status, status_reason, template_id, revision)
          SELECT id, id, project, name || '-' || n, action, status, status_reason, template_id, revision
          FROM (SELECT gen_random_uuid() AS id, n, s.project, s.name, s.action, s.status, s.status_reason, s.template_id, s.revision
            FROM stack s, generate_series(1, $2) n WHERE s.id = $1) copy RETURNING id)
        INSERT INTO resource (id, stack_id, root_id, name, type, action, status, physical_id, properties, attributes)
          SELECT gen_random_uuid(), made.id, made.id, r.name, r.type, r.action, r.status, r.physical_id, r.properties, r.attributes
          FROM made, resource r WHERE r.stack_id = $1`,
      [stack.id, many - 1],
    )
  }
  const counts = async (): Promise<Record<string, number>> => {
    const rows = await db.query<{ engine: string; count: number }>(
      'SELECT engine, count(*)::int AS count FROM stack WHERE project = $1 GROUP BY engine',
      [project],
    )
    return Object.fromEntries(rows.map(({ engine, count }) => [engine, count]))
  }
  /** Rows that lack what a stack that moved must have. */
  const half = () =>
    db.query(
      `SELECT r.id FROM resource r JOIN stack s ON s.id = r.stack_id
        WHERE s.project = $1 AND s.engine = 'convergence' AND r.requires IS NULL`,
      [project],
    )
  const someMoved = () =>
    until('some stacks to have moved', 20_000, async () => ((await counts()).convergence ?? 0) > 20 || undefined)

  it('may be killed or interrupted at any moment, and run again', async () => {
    await copies()
    const killed = daemon.startTool(['migrate-convergence', '--all', '--project', project])
    await someMoved()
    killed.kill('SIGKILL')
    await new Promise(resolve => killed.once('close', resolve))
    expect((await counts()).legacy).to.be.greaterThan(0)
    expect(await half()).to.deep.equal([])

    await migrate('--all', '--back', '--project', project)
    expect(await counts()).to.deep.equal({ legacy: many })
    const interrupted = daemon.startTool(['migrate-convergence', '--all', '--project', project])
    let output = ''
    interrupted.stdout?.on('data', chunk => (output += chunk))
    await someMoved()
    interrupted.kill('SIGINT')
    const code = await new Promise(resolve => interrupted.once('close', resolve))
    const { convergence: moved = 0, legacy: untried = 0 } = await counts()
    expect(code).to.equal(130)
    expect(output).to.include(`${moved} moved to convergence, 0 left, ${untried} not tried; run it again.`)

    const rest = await migrate('--all', '--project', project)
    expect(rest.output).to.include(`${untried} moved to convergence, 0 left.`)
    expect([rest.code, await counts(), await half()]).to.deep.equal([0, { convergence: many }, []])
  })

  it('moves them to and fro while users update theirs; no request fails, no update is lost', async function () {
    this.timeout(90_000)
    const api = daemon.api('busy')
    const content = (version: string) => template({ a: test({ value: version }) }, { a: { get_attr: ['a', 'output'] } })
    const stacks = await Promise.all(Array.from({ length: 8 }, () => created(content('0'), api)))
    let moving = true
    const statuses = new Set<number>()
    const work = stacks.map(async (stack, index) => {
      let version = 0
      while (moving) {
        version += 1
        statuses.add((await stack.update(content(`${index}-${version}`))).status)
        await stack.reaches('UPDATE_COMPLETE')
      }
      expect(await stack.outputs()).to.deep.equal({ a: `${index}-${version}` })
    })
    let moved = 0
    for (const args of [[], ['--back'], []]) {
      const { output } = await migrate('--all', '--project', 'busy', '--wait-seconds', '2', ...args)
      moved += Number(/(\d+) moved/.exec(output)?.[1])
    }
    moving = false
    await Promise.all(work)
    expect([...statuses]).to.deep.equal([202])
    expect(moved).to.be.greaterThan(0)
    expect(await db.query('SELECT FROM stack_lock')).to.deep.equal([])
  })
})
