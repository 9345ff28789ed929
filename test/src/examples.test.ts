import { readdirSync, readFileSync } from 'node:fs'
import { eachEngine } from '@hearth/conformance/engines'
import { expect } from 'chai'

/** What an example needs to end quickly. */
const parameters: Record<string, object> = { 'slow.yaml': { seconds: 0.2 } }

eachEngine('the examples', ({ daemon, name }) => {
  for (const file of readdirSync('examples').filter(one => one.endsWith('.yaml'))) {
    it(`${file} is created, updated with itself, and deleted`, async () => {
      const text = readFileSync(`examples/${file}`, 'utf8')
      const options = { parameters: parameters[file] ?? {} }
      const stack = await daemon().api().create(name(), text, options)
      const shown = await stack.reaches('CREATE_COMPLETE')
      for (const output of shown.outputs) expect(output, output.output_key).not.to.have.property('output_error')
      const before = await stack.outputs()
      await stack.update(text, options)
      await stack.reaches('UPDATE_COMPLETE')
      expect(await stack.outputs()).to.deep.equal(before)
      await stack.delete()
      await stack.reaches('DELETE_COMPLETE')
    })
  }
})
