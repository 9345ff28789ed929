import { expect } from 'chai'
import { generated, stale } from './generate.js'

describe('Generated files', () => {
  it('are as their sources say (else: npm run generate)', async () => {
    expect(stale(await generated())).to.deep.equal([])
  })

  it('contain the options of the plugins', async () => {
    const [sample] = await generated()
    expect(sample?.text).to.match(/^\[convergence\]$/m)
  })
})
