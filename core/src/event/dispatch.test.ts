import type { Database, Statement } from '@hearth/db'
import { expect } from 'chai'
import type { Clock, EventSink, Json, Options } from '../plugin/index.js'
import { Secrets } from '../resource/secrets/secrets.js'
import { EventDispatcher, pauseAfter } from './dispatch.js'
import { EventSinks } from './sinks.js'

describe('events that are not taken', () => {
  it('are sent again after longer and longer pauses, up to five minutes', () => {
    expect([1, 2, 3, 8, 9, 10, 1000].map(pauseAfter)).to.deep.equal([1, 2, 4, 128, 256, 300, 300])
  })
})

describe('events for a sink', () => {
  const secrets = new Secrets('of a test')
  const statements = { delivered: 'event-sink-delivered', failed: 'event-sink-failed' }

  /** One look at one event. @returns what is written of it, and logged, until nothing more comes. */
  async function sent(deliver: EventSink['deliver'], entry: Json, away: boolean) {
    const written: string[] = []
    const logged: string[] = []
    let over: () => void = () => undefined
    const end = new Promise<void>(resolve => (over = resolve))
    const sealed = secrets.seal(entry as never)
    const claimed = { id: 's', stackId: 'stack', sink: sealed, token: '1', attempts: 1, failingSeconds: 0 }
    const rows: Record<string, readonly unknown[]> = {
      'event-sink-any': [{ any: true }],
      'event-sink-claim': [claimed],
      'event-sink-batches': [{ sink: 's', seq: '1', createdAt: new Date() }],
    }
    const query = async ({ name }: Statement) => {
      const [found = []] = [rows[name]]
      if (name === 'event-sink-claim') rows[name] = []
      if (Object.values(statements).includes(name)) {
        written.push(name)
        setImmediate(over)
        if (away) throw new Error('the database is away')
      }
      return found
    }
    // It looks once.
    let began: (() => void) | undefined
    const after: Clock['after'] = (_ms, fn) => {
      began = fn
      return () => undefined
    }
    const db = { query, transaction: (work: (tx: unknown) => unknown) => work({ query }) } as unknown as Database
    const say = (_: unknown, message: string) => void logged.push(message)
    const sink = { name: 'test', description: '', options: { to: { type: 'string', required: true } }, deliver }
    const dispatcher = new EventDispatcher({
      db,
      sinks: new EventSinks(new Map([['test', sink as EventSink]])),
      checks: { check: () => undefined } as never,
      secrets,
      options: { get: () => 60 } as unknown as Options,
      clock: { now: () => Date.now(), after },
      log: { debug() {}, info() {}, warn: say, error: say },
    })
    dispatcher.start()
    began?.()
    await end
    await dispatcher.stop()
    return { written, logged }
  }

  it('that it took are not said to be refused while Hearth’s own database is away', async () => {
    const { written, logged } = await sent(async () => undefined, { type: 'test', to: 'x' }, true)
    expect(written).to.deep.equal([statements.delivered])
    expect(logged).to.deep.equal(['How events were sent cannot be stored'])
  })

  it('are tried again when it throws at once, or its entry fits no more, and nothing is left to be rejected', async () => {
    const rejected: unknown[] = []
    const hear = (why: unknown): void => void rejected.push(why)
    process.on('unhandledRejection', hear)
    try {
      const throws = (() => {
        throw new Error('no sink today')
      }) as EventSink['deliver']
      const { written, logged } = await sent(throws, { type: 'test', to: 'x' }, false)
      expect(written).to.deep.equal([statements.failed])
      expect(logged.join()).to.contain('no sink today')
      expect((await sent(async () => undefined, { type: 'test' }, false)).written).to.deep.equal([statements.failed])
      await new Promise(resolve => setImmediate(resolve))
    } finally {
      process.off('unhandledRejection', hear)
    }
    expect(rejected).to.deep.equal([])
  })
})
