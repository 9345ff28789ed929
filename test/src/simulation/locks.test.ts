import { expect } from 'chai'
import type { Backend, Rows } from './backend.js'
import { isCircle, Locks } from './locks.js'

const waits = (entries: Record<number, number[]>) =>
  new Map(Object.entries(entries).map(([pid, by]) => [Number(pid), by]))

const backend = (pid: number) => ({ pid }) as Backend
const unpaused = { pause: () => undefined, goOn: () => undefined }

describe('locks of a simulated world', () => {
  it('are in a circle where somebody waits, over others, for itself', () => {
    expect(isCircle(waits({ 1: [2], 2: [3], 3: [1] }), 1)).to.equal(true)
    expect(isCircle(waits({ 1: [4, 2], 2: [1] }), 1)).to.equal(true)
    expect(isCircle(waits({ 1: [2], 2: [3] }), 1)).to.equal(false)
    expect(isCircle(waits({ 1: [2], 2: [3], 3: [2] }), 1)).to.equal(false)
    expect(isCircle(waits({}), 1)).to.equal(false)
  })

  it('end the statement that closes a circle, and let others wait until they are free', async () => {
    const cancelled: number[] = []
    let now: Record<number, number[]> = { 1: [2] }
    const locks = new Locks({
      waits: async () => waits(now),
      cancel: async pid => void cancelled.push(pid),
      ...unpaused,
    })
    let answered: (rows: Rows) => void = () => undefined
    const first = new Promise<Rows>(resolve => {
      answered = resolve
    })
    expect(await locks.settle(backend(1), first)).to.equal(undefined)
    const came: unknown[] = []
    locks.add({ backend: backend(1), answer: first, came: outcome => came.push(outcome) })

    now = { 1: [2], 2: [1] }
    const second = new Promise<Rows>(resolve => setTimeout(resolve, 20, []))
    expect(await locks.settle(backend(2), second)).to.have.property('code', '40P01')
    expect(cancelled).to.deep.equal([2])

    now = {}
    answered([{ a: 1 }])
    await locks.released()
    expect(came).to.deep.equal([[{ a: 1 }]])
  })
  it('are given to those who wait for them one after the other, though all may be free at once', async () => {
    const told: string[] = []
    const answers = new Map<number, (rows: Rows) => void>()
    const locks = new Locks({
      waits: async () => waits({}),
      cancel: async () => undefined,
      pause: pid => void told.push(`pause ${pid}`),
      goOn: pid => {
        told.push(`go on ${pid}`)
        setImmediate(() => answers.get(pid)?.([]))
      },
    })
    for (const pid of [1, 2]) {
      const answer = new Promise<Rows>(resolve => void answers.set(pid, resolve))
      locks.add({ backend: backend(pid), answer, came: () => told.push(`came ${pid}`) })
    }
    locks.releasing()
    await locks.released()
    expect(told).to.deep.equal(['pause 1', 'pause 2', 'go on 1', 'came 1', 'go on 2', 'came 2'])
  })
})
