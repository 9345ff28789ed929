import { templates } from '@hearth/conformance'
import { expect } from 'chai'
import { onEachEngine } from './ground.js'

const { template, value } = templates

const waiting = (trigger: number, more: object = {}) =>
  template(
    {
      sleep: {
        type: 'Hearth::Time::Sleep',
        properties: { create_duration: '400ms', delete_duration: '300ms', triggers: { trigger } },
      },
      due: { type: 'Hearth::Time::Schedule', properties: { cron: '* * * * * *', ...more } },
      after: value({ get_attr: ['sleep', 'triggers', 'trigger'] }, { depends_on: 'due' }),
    },
    {
      trigger: { get_attr: ['after', 'value'] },
      unix: { get_attr: ['due', 'unix'] },
      next: { get_attr: ['due', 'next'] },
    },
  )

onEachEngine('waiting', ({ api, name }) => {
  it('takes as long as it says, each time it has to, and no longer', async () => {
    const started = Date.now()
    const stack = await api().create(name(), waiting(1))
    await stack.reaches('CREATE_COMPLETE')
    const first = await stack.outputs()
    expect(Date.now() - started).to.be.at.least(400)
    expect(Date.now()).to.be.at.least(first.unix * 1000)
    expect(first.unix * 1000).to.be.at.least(started)
    expect(Date.parse(first.next)).to.be.greaterThan(first.unix * 1000)

    const replaced = Date.now()
    await stack.update(waiting(2))
    await stack.reaches('UPDATE_COMPLETE')
    expect(Date.now() - replaced).to.be.at.least(700)
    expect(await stack.outputs()).to.include({ trigger: 2, unix: first.unix })

    await stack.update(waiting(2, { triggers: { again: true } }))
    await stack.reaches('UPDATE_COMPLETE')
    expect((await stack.outputs()).unix).to.be.greaterThan(first.unix)

    const deleted = Date.now()
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    expect(Date.now() - deleted).to.be.at.least(300)
  })

  it('for what is not due in time ends with its operation', async () => {
    const at = new Date(Date.now() + 3_600_000).toISOString()
    const content = template({ due: { type: 'Hearth::Time::Schedule', properties: { at } } })
    const stack = await api().create(name(), content)
    await stack.resourceReaches('due', 'CREATE_IN_PROGRESS')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
    const { status, body } = await api().send('POST', '/stacks', {
      stack_name: name(),
      template: template({ due: { type: 'Hearth::Time::Schedule', properties: { cron: 'now and then' } } }),
    })
    expect([status, body.error.message]).to.deep.equal([
      400,
      "Property error: : resources.due.properties.cron: : 'now and then' is no cron expression of five fields, or six with seconds in front",
    ])
  })
})
