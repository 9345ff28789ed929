import { expect } from 'chai'
import { declarationOf } from './declared.js'

const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it did not fail',
    error => (error as Error).message,
  )

describe('what an engine says of itself', () => {
  it('is read from its package, for the engines of Hearth by a short name', async () => {
    expect(await declarationOf('legacy')).to.deep.equal({
      package: '@hearth/legacy-engine',
      name: 'legacy',
      overlapping: false,
      afterCrash: 'fails',
    })
    expect(await declarationOf('@hearth/convergence-engine')).to.deep.equal(await declarationOf('convergence'))
  })

  it('is wanted of one engine', async () => {
    expect(await failure(declarationOf('@hearth/heat-resources'))).to.equal(
      '@hearth/heat-resources: expected a plugin that contributes one engine; it contributes none.',
    )
  })

  it('cannot be read of what is not a plugin, or not installed', async () => {
    expect(await failure(declarationOf('chai'))).to.equal('chai: its default export is not a Hearth plugin.')
    expect(await failure(declarationOf('@acme/missing'))).to.match(/Cannot find module '@acme\/missing'/)
  })
})
