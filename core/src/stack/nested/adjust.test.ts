import type { ResourceRow, StackRow, Transaction } from '@hearth/db'
import { expect } from 'chai'
import type { JsonMap } from '../../plugin/index.js'
import { Secrets } from '../../resource/secrets/secrets.js'
import { childEnded } from './adjust.js'

const secrets = new Secrets('of a test')
const row = {
  id: 'g',
  name: 'group',
  type: 'Group',
  properties: {},
  hiddenProperties: null,
  sealed: null,
  data: null,
  received: null,
}
const child = {
  parentId: 'around',
  parentResourceId: 'g',
  askedBy: 'signal:{"after":"x"}',
  status: 'COMPLETE',
} as unknown as StackRow

/** Ends a stack that a signal has changed. @returns whether its parent was woken, what is kept, and what was logged. */
async function end(askedBy: string, adjusted: (note: JsonMap) => JsonMap) {
  const seen: { woken: boolean; received?: JsonMap; logged?: string } = { woken: false }
  const services = {
    engines: { of: () => ({ wake: async () => void (seen.woken = true) }) },
    types: { find: () => ({ children: { adjusted } }) },
    secrets,
    clock: { now: () => 0 },
    log: { error: (_: object, message: string) => void (seen.logged = message) },
  }
  const tx = {
    query: async ({ name }: { name: string }, [, received]: [string, string]) => {
      if (name === 'resource-receive') seen.received = secrets.open(received)
      return [row as unknown as ResourceRow]
    },
  }
  await childEnded(
    services as unknown as Parameters<typeof childEnded>[0],
    { ...child, askedBy },
    tx as unknown as Transaction,
  )
  return seen
}

describe('The end of a stack that a signal has changed', () => {
  it('leaves what its type makes of the signal', async () => {
    expect(await end('signal:{"after":"x"}', note => ({ kept: note }))).to.deep.equal({
      woken: true,
      received: { kept: { after: 'x' } },
    })
  })

  it('is one, whatever a plugin makes of the signal, or the row says', async () => {
    const logged = 'What a signal has changed cannot be noted'
    const broken = (): never => {
      throw new RangeError('Invalid time value')
    }
    expect(await end('signal:{}', broken)).to.deep.equal({ woken: true, logged })
    expect(await end('signal:{"cut', () => ({}))).to.deep.equal({ woken: true, logged })
  })
})
