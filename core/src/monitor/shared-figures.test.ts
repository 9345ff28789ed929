import type { Transaction } from '@hearth/db'
import { expect } from 'chai'
import { SharedFigures, type SharedParts } from './shared-figures.js'

describe('figures that daemons share', () => {
  const load = { stacks: [], workers: [] }
  const tx = { query: async () => [load], afterCommit: () => undefined } as unknown as Transaction
  const warnings: string[] = []
  const never = new Promise<never>(() => undefined)
  const figure = { name: 'nodes', help: '', kind: 'gauge', values: [{ value: 1 }] } as const
  const parts = (more: Partial<SharedParts>): SharedParts => ({
    db: { ping: async () => true, transaction: work => work(tx) },
    engines: () => [
      { name: 'broken', figures: () => Promise.reject(new Error('no such table')) },
      { name: 'whole', figures: async () => [figure] },
    ],
    clock: { after: () => () => undefined },
    log: { warn: (_: unknown, text?: string) => void warnings.push(text ?? '') } as SharedParts['log'],
    ...more,
  })
  beforeEach(() => void warnings.splice(0))

  it('lack those of an engine that cannot count, which is said once, and no others', async () => {
    const shared = new SharedFigures(parts({}))
    for (let times = 0; times < 2; times++)
      expect(await shared.now()).to.deep.equal({ up: true, load, figures: [['whole', [figure]]] })
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.match(/figures of the engine broken/)
  })

  it('say that the database is there while no connection is free, and wait for one once', async () => {
    let waiting = 0
    const transaction = (): Promise<never> => {
      waiting += 1
      return never
    }
    const after = (_: number, fn: () => void): (() => void) => {
      setImmediate(fn)
      return () => undefined
    }
    const shared = new SharedFigures(parts({ db: { ping: async () => true, transaction }, clock: { after } }))
    for (let times = 0; times < 3; times++) expect(await shared.now()).to.deep.equal({ up: true, figures: [] })
    expect(waiting).to.equal(1)
  })

  it('are not asked for while the database is away', async () => {
    const shared = new SharedFigures(parts({ db: { ping: async () => false, transaction: () => never } }))
    expect(await shared.now()).to.deep.equal({ up: false, figures: [] })
    expect(warnings).to.deep.equal([])
  })
})
