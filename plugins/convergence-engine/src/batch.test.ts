import type { Transaction } from '@hearth/core/plugin'
import { expect } from 'chai'
import { Batch, type Sequel, type Write } from './batch.js'

const transaction = (): { readonly sent: string[]; readonly tx: Transaction } => {
  const sent: string[] = []
  const query = async (text: string): Promise<never[]> => {
    sent.push(text)
    return []
  }
  return { sent, tx: { query, afterCommit: () => undefined } as unknown as Transaction }
}
const write =
  (text: string): Write =>
  async tx =>
    void (await tx.query(text))

/** A batch that is worked out by whoever calls `add` and `end`. */
function workedOut(): { readonly batch: Batch; add(text: string): void; end(sequel: Sequel): void } {
  let give: (write: Write) => void = () => undefined
  let end: (sequel: Sequel) => void = () => undefined
  const batch = new Batch(false, add => {
    give = add
    return new Promise(resolve => (end = resolve))
  })
  return { batch, add: text => give(write(text)), end: sequel => end(sequel) }
}

describe('batch of an opening', () => {
  it('is sent while it is worked out, and from its beginning when its transaction is tried again', async () => {
    const { batch, add, end } = workedOut()
    const [first, second] = [transaction(), transaction()]
    batch.begin()
    add('a')
    const tried = batch.sendTo(first.tx)
    add('b')
    const again = batch.sendTo(second.tx)
    add('c')
    expect([first.sent, second.sent]).to.deep.equal([
      ['a', 'b'],
      ['a', 'b', 'c'],
    ])
    end({ kind: 'rest', nodes: [] })
    expect((await again).sequel).to.deep.equal({ kind: 'rest', nodes: [] })
    await (await tried).sent
  })

  it('is worked out once, however often it begins', () => {
    let times = 0
    const batch = new Batch(false, async () => {
      times += 1
      return { kind: 'batch' }
    })
    batch.begin()
    batch.begin()
    expect(times).to.equal(1)
  })

  it('hands on what its steps throw, and why it will not be written', async () => {
    const failing = new Batch(false, () => Promise.reject(new Error('a step')))
    failing.begin()
    expect(await failing.sendTo(transaction().tx).catch(error => error.message)).to.equal('a step')
    const { batch } = workedOut()
    batch.drop(new Error('no connection'))
    expect(await batch.sequel.catch(error => error.message)).to.equal('no connection')
  })
})
