import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Daemon, templates, until } from '@hearth/conformance'
import { expect } from 'chai'
import { RestServer } from './rest-server.js'

const { template } = templates
const deadlineMs = 30_000

/** What legacy does after a crash is the same for every type: nothing goes on. */
describe('a step that reaches outside, resumed on convergence after its daemon was killed', () => {
  let server: RestServer
  let folder: string
  let daemon: Daemon | undefined
  before(async () => {
    server = await RestServer.start()
    folder = mkdtempSync(join(tmpdir(), 'resumed-'))
  })
  after(async () => {
    await daemon?.remove()
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('makes an object once, runs a program again only if it may, and leaves none behind', async () => {
    const options = { 'outbound:allow': '127.0.0.1', 'process:allowed': '/bin/sh' }
    daemon = await Daemon.start({ engine: 'convergence', options })
    const log = (name: string): string[] => {
      try {
        return readFileSync(join(folder, name), 'utf8').trim().split('\n')
      } catch {
        return []
      }
    }
    /** It writes who it is, and waits the first time. */
    const program = (name: string, repeatable: boolean) => {
      const file = join(folder, name)
      const script = `echo $$ >> ${file}; test $(wc -l < ${file}) -gt 1 || sleep 1000`
      return { type: 'Hearth::Process::Command', properties: { create: ['/bin/sh', '-c', script], repeatable } }
    }
    const thing = {
      type: 'Hearth::HTTP::Resource',
      properties: {
        auth: { bearer: 'opensesame' },
        create: { url: `${server.url}/things`, body: { size: 1 } },
        delete: {},
      },
    }
    let release: () => void = () => undefined
    server.held = new Promise(resolve => (release = resolve))
    const once = await daemon.api().create('once', template({ program: program('once', false) }))
    const again = await daemon.api().create('again', template({ thing, program: program('again', true) }))
    await until('the request and the programs', deadlineMs, async () =>
      server.requests('POST').length === 1 && log('once').length === 1 && log('again').length === 1 ? true : undefined,
    )
    const { stateDir } = daemon
    await daemon.end('SIGKILL')
    release()
    daemon = await Daemon.start({ engine: 'convergence', options, stateDir })

    const first = daemon.api().stack('once', once.id)
    expect((await first.settled(deadlineMs)).stack_status_reason).to.include(
      "'/bin/sh' was begun, and nobody knows how it ended",
    )
    const second = daemon.api().stack('again', again.id)
    expect((await second.settled(deadlineMs)).stack_status).to.equal('CREATE_COMPLETE')
    expect([log('once').length, log('again').length]).to.deep.equal([1, 2])
    expect(server.things.size).to.equal(1)
    const keys = server.requests('POST').map(({ headers }) => headers['idempotency-key'])
    expect(keys).to.have.length(2)
    expect(new Set(keys).size).to.equal(1)
    for (const pid of [...log('once'), ...log('again')])
      expect(() => process.kill(Number(pid), 0), pid).to.throw('ESRCH')

    await second.delete()
    await second.reaches('DELETE_COMPLETE')
    expect(server.things.size).to.equal(0)
  }).timeout(deadlineMs * 4)
})
