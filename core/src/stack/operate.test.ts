import { expect } from 'chai'
import { operate } from './operate.js'
import type { StackServices } from './services.js'

/** Drafts operations on a stack: each draft is told how many came before, and may let another operation be accepted meanwhile. */
async function drafted(draft: (before: number, accept: () => void) => void): Promise<number> {
  let revision = 1
  let drafts = 0
  const services = {
    db: { query: async () => [{ id: 's', name: 's', engine: 'e', deletedAt: null, revision }] },
    engines: { of: () => undefined },
    turns: { take: (_: string, work: () => Promise<unknown>) => work() },
  } as unknown as StackServices
  await operate(services, 's', async () => {
    draft(drafts++, () => (revision += 1))
    return undefined
  })
  return drafts
}

describe('An operation on a stack', () => {
  it('is drafted again if what it read has gone with another one that was accepted meanwhile', async () => {
    const drafts = await drafted((before, accept) => {
      if (before > 0) return
      accept()
      throw new Error('template t of stack s is gone')
    })
    expect(drafts).to.equal(2)
  })

  it('fails with what went wrong if the stack is as it was', async () => {
    const error = await drafted(() => {
      throw new Error('no')
    }).catch(failure => failure)
    expect(error).to.have.property('message', 'no')
  })
})
