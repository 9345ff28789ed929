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

  it('fail when they are too many together, and so do outputs', async function () {
    this.timeout(60_000)
    const ten = (name: string) => value({ list_join: ['', Array(10).fill({ get_attr: [name, 'value'] })] })
    const first = { a: value('x'.repeat(1000)), b: ten('a'), c: ten('b'), d: ten('c') }
    const million = { get_attr: ['d', 'value'] }
    const outputs = Object.fromEntries(['1', '2', '3', '4', '5'].map(key => [key, million]))
    const stack = await daemon().api().create(name(), template(first, outputs))
    const shown = await stack.reaches('CREATE_COMPLETE')
    const errors = shown.outputs.map((output: { output_error?: string }) => output.output_error)
    expect(errors.filter((error: unknown) => error === undefined)).to.have.length(4)
    expect(errors).to.include('The values are too large together: more than 4194304 characters in all')

    const more = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`r${index}`, value(million)]))
    await stack.update(template({ ...first, ...more }))
    const failed = await stack.reaches('UPDATE_FAILED', 40_000)
    expect(failed.stack_status_reason).to.contain(
      'The values of the stack are too large together: more than 33554432 bytes ([DEFAULT] max_stack_values_size)',
    )
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })
})
