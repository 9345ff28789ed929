import type { PlanOperation, Prepared, ResourceChange, StepResult } from '@hearth/core/plugin'
import { expect } from 'chai'
import type { GraphNode } from './graph.js'
import { RunningSteps } from './running-steps.js'
import { StepCalls } from './step-calls.js'

const operation = { id: 'o', action: 'CREATE', stack: { id: 's' } } as unknown as PlanOperation
const node = { key: 'a', resource: 'a', step: 'converge' } as unknown as GraphNode
const away = Object.assign(new Error('nobody listens'), { name: 'SequelizeConnectionRefusedError' })
const settled = async (): Promise<void> => {
  for (let count = 0; count < 10; count++) await new Promise(resolve => setImmediate(resolve))
}

describe('A step of the legacy engine', () => {
  let seen: string[]
  let timers: { ms: number; fn: () => void }[]
  let running: RunningSteps
  /** What stands in for the database and the type: each fails as often as there are errors. */
  let trouble: { prepare: Error[]; run: Error[]; write: Error[] }

  const launch = async (): Promise<void> => {
    const clock = {
      now: () => 0,
      after: (ms: number, fn: () => void) => {
        const timer = { ms, fn }
        timers.push(timer)
        return () => void (timers = timers.filter(one => one !== timer))
      },
    }
    const fails = (what: keyof typeof trouble): void => {
      seen.push(what)
      const error = trouble[what].shift()
      if (error !== undefined) throw error
    }
    running = new RunningSteps(clock)
    const calls = new StepCalls(running, {
      lifecycle: {
        packTaken: () => async () => undefined,
        prepare: async () => {
          fails('prepare')
          const run = async (): Promise<StepResult> => {
            fails('run')
            return { end: { kind: 'done' }, change: {} as ResourceChange }
          }
          return [{ effectless: false, run } as unknown as Prepared]
        },
        write: async () => undefined,
        giveUp: async () => undefined,
      },
      clock,
      log: { debug() {}, info() {}, warn() {}, error() {} },
      inTurn: work => void work().catch(error => seen.push(`broken off: ${error.message}`)),
      isOver: () => false,
      write: async () => fails('write'),
      giveUp: async ({ node }, why) => void seen.push(`${node.key} given up: ${why}`),
      ended: async (_, end) => void seen.push(end.kind),
      look: () => undefined,
    })
    await calls.launch([node], operation)
    await settled()
  }
  const pass = async (): Promise<void> => {
    for (const { fn } of timers.splice(0)) fn()
    await settled()
  }

  beforeEach(() => {
    seen = []
    timers = []
    trouble = { prepare: [], run: [], write: [] }
  })

  for (const what of ['prepare', 'run', 'write'] as const) {
    it(`is called again in a second when the database is away, in ${what}`, async () => {
      trouble[what] = [away]
      await launch()
      expect(seen.at(-1)).to.equal(what)
      expect(timers.map(({ ms }) => ms)).to.deep.equal([1_000])
      await pass()
      expect(seen.slice(-4)).to.deep.equal(['prepare', 'run', 'write', 'done'])
      expect(running.size).to.equal(0)
    })
  }

  it('is given up when its time is over meanwhile', async () => {
    trouble.run = [away]
    await launch()
    trouble.run = [away]
    running.abort('timeout')
    await pass()
    expect(seen).to.deep.equal(['prepare', 'run', 'prepare', 'run', 'a given up: timeout'])
  })

  it('breaks the run of its stack off with any other error', async () => {
    trouble.write = [new Error('no such column')]
    await launch()
    expect(seen.at(-1)).to.equal('broken off: no such column')
    expect(timers).to.deep.equal([])
  })
})
