import type { Database, Workload } from '@hearth/db'
import { expect } from 'chai'
import type { Clock, Logger } from '../plugin/index.js'
import { Workforce } from './workforce.js'

const stacks = [
  { engine: 'legacy', action: 'CREATE', count: 2 },
  { engine: 'batch', action: 'UPDATE', count: 1 },
]
const up = (...engines: string[]): Workload['workers'][number] => ({ alive: true, engines })
const down = { alive: false, engines: ['legacy', 'batch'] }

describe('a daemon that accepts operations', () => {
  let now: Workload
  let timer: (() => void) | undefined
  let said: string[]
  let workforce: Workforce
  const look = async (workers: Workload['workers'], times = 1): Promise<void> => {
    now = { stacks, workers }
    for (let count = 0; count < times; count++) {
      timer?.()
      await new Promise(resolve => setImmediate(resolve))
    }
  }
  beforeEach(() => {
    said = []
    const clock: Clock = { now: () => 0, after: (_ms, fn) => ((timer = fn), () => (timer = undefined)) }
    const say = (_: object, message: string): void => void said.push(message)
    const db = { query: async () => [now] } as unknown as Database
    workforce = new Workforce(db, clock, { info: say, error: say } as unknown as Logger)
    workforce.start()
  })
  afterEach(async () => {
    await workforce.stop()
    expect(timer).to.equal(undefined)
  })

  it('says once that nobody is there to carry them out, and once that somebody is; users learn it at once', async () => {
    expect(workforce.waitingFor('legacy')).to.equal(undefined)
    await look([down])
    expect(workforce.waitingFor('legacy')).to.equal('no worker is up')
    await look([up('legacy', 'batch')])
    expect([workforce.waitingFor('legacy'), said]).to.deep.equal([undefined, []])
    await look([down], 12)
    await look([up('legacy', 'batch')], 3)
    expect(said).to.deep.equal([
      'No worker is up: what is accepted waits. Start a daemon whose roles include worker',
      'A worker is up again: what was accepted goes on',
    ])
  })

  it('names an engine that no worker has while stacks wait for it', async () => {
    await look([up('legacy'), down], 12)
    expect(workforce.waitingFor('legacy')).to.equal(undefined)
    expect(workforce.waitingFor('batch')).to.equal("no worker with the engine 'batch' is up")
    await look([up('legacy'), up('batch')], 3)
    expect(said).to.deep.equal([
      "No worker that is up has the engine 'batch': 1 stack waits. Start a daemon that loads its plugin",
      "Nothing waits any more for a worker with the engine 'batch'",
    ])
    expect(workforce.waitingFor('batch')).to.equal(undefined)
  })

  it('takes a worker that does not say which engines it has for one that has them all', async () => {
    await look([up()], 12)
    expect([workforce.waitingFor('batch'), said]).to.deep.equal([undefined, []])
  })
})
