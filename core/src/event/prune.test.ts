import { eventPurgeBatchSize, maxEventsPerStack } from '@hearth/config'
import type { Database, Statement } from '@hearth/db'
import { expect } from 'chai'
import type { Clock, Logger, Options } from '../plugin/index.js'
import { EventPruner } from './prune.js'

interface Found {
  readonly stacks: string[]
  readonly looked: number
  readonly upTo: string | null
}
const nothing: Found = { stacks: [], looked: 0, upTo: null }

describe('The pruner of events', () => {
  const lookAt = 10_000
  let max: number
  let found: (Found | Error)[]
  let asked: { readonly name: string; readonly params: readonly unknown[] }[]
  let timer: { readonly ms: number; readonly fn: () => void } | undefined
  let waiting: (() => void) | undefined
  let warnings: string[]
  let pruner: EventPruner

  beforeEach(() => {
    ;[max, found, asked, warnings] = [100, [], [], []]
    const db = {
      query: async (statement: Statement, params: readonly unknown[]) => {
        asked.push({ name: statement.name, params })
        if (statement.name !== 'event-crowded') return []
        const answer = found.shift() ?? nothing
        if (answer instanceof Error) throw answer
        return [answer]
      },
    } as unknown as Database
    const values = new Map<unknown, () => number>([
      [maxEventsPerStack, () => max],
      [eventPurgeBatchSize, () => 20],
    ])
    const options = { get: (option: unknown) => values.get(option)?.() } as Options
    const clock: Clock = {
      now: () => 0,
      after(ms, fn) {
        timer = { ms, fn }
        waiting?.()
        return () => {
          timer = undefined
        }
      },
    }
    const log = { warn: (_: object, message: string) => warnings.push(message) } as unknown as Logger
    pruner = new EventPruner(db, options, clock, log)
    pruner.start()
  })

  /** Lets the time of the next look come. @returns where it began, what it pruned, and when the next one is. */
  async function look(answer?: Found | Error) {
    if (answer !== undefined) found.push(answer)
    asked = []
    await new Promise<void>(resolve => {
      waiting = resolve
      timer?.fn()
    })
    return {
      after: asked.find(({ name }) => name === 'event-crowded')?.params[0],
      pruned: asked.filter(({ name }) => name === 'event-prune').map(({ params }) => params[0]),
      next: timer?.ms,
    }
  }

  it('prunes the stacks that have too many', async () => {
    expect(timer?.ms).to.equal(30_000)
    expect((await look({ stacks: ['a', 'b'], looked: 5, upTo: '5' })).pruned).to.deep.equal(['a', 'b'])
    expect(asked[0]?.params).to.deep.equal(['0', lookAt, 120])
    expect(asked[1]?.params).to.deep.equal(['a', 100, 20])
  })

  it('goes on where it ended, soon while there is more, and looks twice at the newest', async () => {
    const seen = []
    for (const [looked, upTo] of [
      [lookAt, '10000'],
      [lookAt, '20000'],
      [5, '20005'],
      [6, '20006'],
      [4, '20009'],
      [0, null],
    ] as const)
      seen.push(await look({ stacks: [], looked, upTo }))
    expect(seen.map(({ after }) => after)).to.deep.equal(['0', '10000', '20000', '20000', '20005', '20006'])
    expect(seen.map(({ next }) => next)).to.deep.equal([1000, 1000, 30_000, 30_000, 30_000, 30_000])
  })

  it('looks at all of them again when fewer are allowed', async () => {
    await look({ stacks: [], looked: lookAt, upTo: '10000' })
    max = 0
    expect((await look()).after).to.equal(undefined)
    max = 50
    expect((await look()).after).to.equal('0')
  })

  it('tries again from the same place after a failure', async () => {
    await look({ stacks: [], looked: lookAt, upTo: '10000' })
    expect(await look(new Error('gone'))).to.deep.equal({ after: '10000', pruned: [], next: 30_000 })
    expect(warnings).to.have.length(1)
    expect((await look()).after).to.equal('10000')
  })

  it('stops', () => {
    pruner.stop()
    expect(timer).to.equal(undefined)
  })
})
