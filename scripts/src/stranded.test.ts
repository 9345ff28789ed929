import { expect } from 'chai'
import { textOf } from './stranded.js'

describe('the word on stacks whose engine is not loaded', () => {
  it('names them, and the command that moves them', () => {
    expect(textOf({ engine: 'legacy', count: 2, names: ['a', 'b'] }, 'convergence')).to.equal(
      "2 stacks run on the engine 'legacy', which no loaded plugin provides: a, b. They can be read; operations on them are refused. Load its plugin again, or move them: npx --no-install hearth-manage migrate-convergence --all",
    )
  })

  it('names the first of many, and the plugin that the command needs', () => {
    const text = textOf({ engine: 'batch', count: 12, names: ['a', 'b'] }, 'legacy')
    expect(text).to.include('a, b, and 10 more.')
    expect(text).to.match(/--all --from batch --to legacy --plugin <the package of batch>$/)
  })
})
