import { expect } from 'chai'
import { eachEngine } from './kit/engines.js'
import { type Resource, template, value } from './kit/templates.js'

/** Each layer is made of four times the one before. */
const layers = (count: number, first: string, grow: (before: object) => unknown) => {
  const resources: Record<string, Resource> = { r0: value(first) }
  for (let layer = 1; layer <= count; layer++) {
    resources[`r${layer}`] = value(grow({ get_attr: [`r${layer - 1}`, 'value'] }))
  }
  return template(resources)
}

eachEngine('values that grow from layer to layer', ({ daemon, name }) => {
  it('fail the resource that would be too large, with the reason', async function () {
    this.timeout(120_000)
    for (const grow of [
      (before: object) => ({ list_join: ['', [before, before, before, before]] }),
      (before: object) => [before, before, before, before],
    ]) {
      const stack = await daemon()
        .api()
        .create(name(), layers(8, 'sixty-four letters and more of them, all written out, right here', grow))
      const shown = await stack.reaches('CREATE_FAILED')
      expect(shown.stack_status_reason).to.match(/too large/)
      await stack.delete()
      await stack.reaches('DELETE_COMPLETE')
    }
  })
})
