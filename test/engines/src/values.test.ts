import { expect } from 'chai'
import { eachEngine } from './kit/engines.js'
import { template, test } from './kit/templates.js'

eachEngine('what a template says', ({ daemon, name }) => {
  /** With a hidden parameter all of it is kept encrypted. */
  const text = (hidden: boolean) => `
heat_template_version: 2018-08-31
parameters:
  release: {type: string}
  other: {type: string, default: 2.0, hidden: ${hidden}, constraints: [{allowed_values: [1.0, 2.0]}]}
  size: {type: number, default: '3.0', constraints: [{range: {min: 3.0}}]}
  deep: {type: json, default: {version: 4.0, whole: 4}}
resources:
  waits: {type: OS::Heat::TestResource, properties: {wait_secs: 0.0}}
  said:
    type: OS::Heat::Value
    properties:
      value:
        str_replace:
          template: R O S D L
          params: {R: {get_param: release}, O: {get_param: other}, S: {get_param: size}, D: {get_param: deep}, L: 5.0}
  pairs:
    type: OS::Heat::Value
    properties:
      value: {repeat: {for_each: {<longer>: [a, b], <x>: [c, d]}, template: <longer><x>}}
outputs:
  said: {value: {get_attr: [said, value]}}
  pairs: {value: {get_attr: [pairs, value]}}
  half: {value: {yaql: {expression: str($.data / 2), data: {get_param: size}}}}
`
  // As python-heatclient sends it, whose JSON is that of Python.
  const body = (stack: string, hidden: boolean) =>
    `{"stack_name": ${JSON.stringify(stack)}, "template": ${JSON.stringify(text(hidden))},
      "environment": {"parameters": {"release": 1.0}}}`
  const outputs = {
    said: '1.0 2.0 3.0 {"version": 4.0, "whole": 4} 5.0',
    pairs: ['ac', 'ad', 'bc', 'bd'],
    half: '1.5',
  }

  for (const hidden of [false, true]) {
    it(`keeps floats and the order of keys, ${hidden ? 'encrypted' : 'in clear'}, also when it is read again`, async () => {
      const api = daemon().api()
      const called = name()
      const answer = await api.send('POST', '/stacks', body(called, hidden))
      expect(answer.body, JSON.stringify(answer.body)).to.have.property('stack')
      const stack = api.stack(called, answer.body.stack.id)
      await stack.reaches('CREATE_COMPLETE')
      expect(await stack.outputs()).to.deep.equal(outputs)
      expect((await stack.show()).parameters).to.include({ release: '1.0', size: '3.0' })
      const shown = async (part: string) => (await fetch(`${api.base}${stack.path}/${part}`)).text()
      expect(await shown('template'))
        .to.contain('"version":4.0,"whole":4')
        .and.to.contain('"L":5.0')
      expect(await shown('environment')).to.contain('"release":1.0')

      // A PATCH reads it as it was stored; nothing differs.
      expect((await api.send('PATCH', stack.path, {})).status).to.equal(202)
      await stack.reaches('UPDATE_COMPLETE')
      expect(await stack.outputs()).to.deep.equal(outputs)
      const states = Object.values(await stack.resources()).map(resource => resource.resource_status)
      expect(new Set(states)).to.deep.equal(new Set(['CREATE_COMPLETE']))
      await stack.delete()
      await stack.reaches('DELETE_COMPLETE')
    })
  }

  it('stays as it was given, where a value is to fit a type', async () => {
    const typed = (type: string, value: unknown) => ({ type: 'OS::Heat::Value', properties: { type, value } })
    const all = {
      number: typed('number', '5'),
      text: typed('string', 5),
      boolean: typed('boolean', 'true'),
      again: typed('number', { get_attr: ['number', 'value'] }),
    }
    const read = Object.fromEntries(Object.keys(all).map(one => [one, { get_attr: [one, 'value'] }]))
    // Heat's own tests name a service to poll; where there is none, nothing comes of it.
    const polls = test({ client_name: 'nova', entity_name: 'servers' })
    const stack = await daemon()
      .api()
      .create(name(), template({ ...all, polls }, read))
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ number: '5', text: 5, boolean: 'true', again: '5' })
  })

  it('refuses a float where a property wants text', async () => {
    const api = daemon().api()
    const given = JSON.stringify({ stack_name: name(), template: template({ a: test({ value: 'V' }) }) })
    const { body: answer } = await api.send('POST', '/stacks', given.replace('"V"', '1.0'))
    expect(answer.error.message).to.equal(
      'Property error: : resources.a.properties.value: : Value must be a string; got 1.0',
    )
  })
})
