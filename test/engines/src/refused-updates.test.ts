import { expect } from 'chai'
import type { Stack, StackOptions } from './kit/api.js'
import { eachEngine } from './kit/engines.js'
import { file, insideSoon } from './kit/nested.js'
import { template, test } from './kit/templates.js'

eachEngine('an update that a resource refuses', ({ daemon, name }) => {
  /** Expects the preview to be refused as not supported, and the update to fail. @returns why: of both. */
  const refused = async (stack: Stack, content: unknown, options: StackOptions = {}): Promise<[string, string]> => {
    const { status, body } = await stack.api.send('PUT', `${stack.path}/preview?show_nested=true`, {
      template: content,
      ...options,
    })
    expect([status, body.error?.type]).to.deep.equal([400, 'NotSupported'])
    await stack.update(content, options)
    return [body.error.message, (await stack.reaches('UPDATE_FAILED')).stack_status_reason]
  }

  it('has no preview either: of what is restricted, or stands for something else outside', async () => {
    const outside = (external_id: string) => test({}, { external_id })
    const options = (...restricted_actions: string[]) => ({
      environment: { resource_registry: { resources: { a: { restricted_actions } } } },
    })
    const stack = await daemon()
      .api()
      .create(name(), template({ a: test({ value: '1' }), out: outside('one') }))
    await stack.reaches('CREATE_COMPLETE')
    for (const [action, a] of [
      ['update', test({ value: '2' })],
      ['replace', test({ value: '1', update_replace_value: 'x' })],
    ] as const) {
      expect(await refused(stack, template({ a, out: outside('one') }), options('update', 'replace'))).to.deep.equal([
        `The ${action} of a, which the environment restricts, is not supported.`,
        `Resource UPDATE failed: ResourceActionRestricted: resources.a: ${action} is restricted for resource.`,
      ])
    }
    const [told, failed] = await refused(stack, template({ a: test({ value: '1' }), out: outside('two') }))
    expect(told).to.contain('Update to property external_id of out')
    expect(failed).to.equal(`Resource UPDATE failed: NotSupported: resources.out: ${told}`)
  })

  it('is one around a stack that was suspended by itself, until that is resumed', async () => {
    const files = { 'inner.yaml': file({ a: test() }) }
    const around = template({ n: { type: 'inner.yaml' } })
    const stack = await daemon().api().create(name(), around, { files })
    await stack.reaches('CREATE_COMPLETE')
    const nested = await insideSoon(stack, 'n')
    await nested.action('suspend')
    await nested.reaches('SUSPEND_COMPLETE')
    const why = 'Updating a stack when it is suspended is not supported.'
    expect(await refused(stack, around, { files })).to.deep.equal([
      why,
      `Resource UPDATE failed: NotSupported: resources.n: ${why}`,
    ])
    expect((await nested.show()).stack_status).to.equal('SUSPEND_COMPLETE')
    await nested.action('resume')
    await nested.reaches('RESUME_COMPLETE')
    await stack.update(around, { files })
    await stack.reaches('UPDATE_COMPLETE')
  })
})
