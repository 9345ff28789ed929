import { Random } from '@hearth/conformance'
import { expect } from 'chai'
import type { Queryable } from '../model/rows.js'
import { Ringer } from './ringer.js'
import { Schedule } from './schedule.js'
import { Turns } from './turns.js'

const stack = '6f1c'
const rings = { url: `http://h/v1/p/stacks/s/${stack}/resources/handle/signal/x`, whole: false }

/** @returns the signals that are sent until all is told, with things of the names `standing` in the cloud. */
async function signalsOf(standing: readonly string[], deleted: readonly { id: string; stack: string }[]) {
  const sent: string[] = []
  let looks = 0
  const schedule = new Schedule(
    new Random(1),
    { drained: async () => undefined, more: false } as unknown as Turns,
    line => {
      if (line.endsWith(' conditions')) looks += 1
      const [, signal] = / signal (.*)$/.exec(line) ?? []
      if (signal !== undefined) sent.push(signal)
    },
  )
  const process = { ready: true, host: new Promise(() => undefined) }
  const on = { query: async () => deleted } as unknown as Queryable
  const ringer = new Ringer(
    schedule,
    new Random(2),
    on,
    () => [process as never],
    thing => standing.includes(thing),
    problem => expect.fail(problem),
  )
  ringer.ring('one', rings)
  ringer.ring('one', rings)
  ringer.plan()
  await schedule.run(() => looks > 10)
  return sent.sort()
}

describe('Things that signal', () => {
  const once = ['one-0', 'one-1', 'one-2']

  it('do so once for a handle, however often they are told', async () => {
    expect(await signalsOf(['one'], [])).to.deep.equal(once)
  })

  it('do so once more for each condition that was deleted in that stack', async () => {
    const deleted = [
      { id: 'e1', stack },
      { id: 'e2', stack: 'another' },
    ]
    expect(await signalsOf(['one'], deleted)).to.deep.equal([...once, ...once].sort())
  })

  it('do not once they are gone', async () => {
    expect(await signalsOf([], [{ id: 'e1', stack }])).to.deep.equal(once)
  })
})
