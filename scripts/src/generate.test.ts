import { expect } from 'chai'
import { exportsOf } from './api-report.js'
import { contract, generated, stale } from './generate.js'

describe('Generated files', () => {
  it('are as their sources say (else: npm run generate)', async () => {
    expect(stale(await generated())).to.deep.equal([])
  })

  it('contain the options of the plugins', async () => {
    const [sample] = await generated()
    expect(sample?.text).to.match(/^\[convergence\]$/m)
  })
})

describe('The contract of plugins', () => {
  it('says of everything in it what it is for', () => {
    const exported = exportsOf(contract)
    expect(exported.map(({ name }) => name)).to.include.members(['Engine', 'ResourceType', 'definePlugin', 'option'])
    expect(exported.filter(({ documented }) => !documented).map(({ name }) => name)).to.deep.equal([])
  })
})
