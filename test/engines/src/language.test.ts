import { expect } from 'chai'
import { eachEngine } from './kit/engines.js'
import { template, value } from './kit/templates.js'

eachEngine('a format of templates that a plugin brings', ({ daemon, name }) => {
  const text = (what: string) => `
conformance_dialect: first
takes:
  what: {type: string, default: ${what}}
makes:
  a: {is: OS::Heat::Value, with: {value: {shout: {get_param: what}}}}
  b: {is: OS::Heat::Value, with: {value: {shout: {list_join: ['', [{get_attr: [a, value]}, '!']]}}}}
gives:
  said: {value: {get_attr: [b, value]}}
`
  it('is created, updated, shown and deleted like any other', async () => {
    const api = daemon().api()
    expect((await api.send('POST', '/validate', { template: text('hello') })).body).to.deep.include({
      Description: 'No description',
    })
    const stack = await api.create(name(), text('hello'))
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ said: 'HELLO!' })
    await stack.update(text('bye'))
    await stack.reaches('UPDATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ said: 'BYE!' })
    expect((await api.get(`${stack.path}/template`)).body).to.have.property('conformance_dialect', 'first')
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('is listed with its functions, and says what is wrong in its own words', async () => {
    const api = daemon().api()
    expect((await api.get('/template_versions')).body.template_versions).to.deep.include({
      version: 'conformance_dialect.first',
      type: 'dialect',
      aliases: ['conformance_dialect.1st'],
    })
    const { body } = await api.get('/template_versions/conformance_dialect.1st/functions')
    expect(body.template_functions).to.deep.include({
      functions: 'shout',
      description: 'A function for raising the voice.',
    })
    const wrong = `conformance_dialect: first\nmakes:\n  a: {is: OS::Heat::Value, with: {value: {shout: [1]}}}\n`
    const refused = await api.send('POST', '/stacks', { stack_name: name(), template: wrong })
    expect(refused.body.error.message).to.equal('Property error: : makes.a.with.value: : only text can be shouted')
    expect(refused.body.errors?.[0] ?? refused.body).to.include({ line: 3, column: 35 })
  })
})

eachEngine('a constraint that has to ask', ({ daemon, name }) => {
  const paint = (colour: unknown) => ({ type: 'Conformance::Paint', properties: { colour } })
  const parameter = (given: string) => ({
    heat_template_version: '2018-08-31',
    parameters: {
      colour: { type: 'string', default: given, constraints: [{ custom_constraint: 'conformance.colour' }] },
    },
    resources: { a: value({ get_param: 'colour' }) },
  })
  const refusal = async (path: string, body: object) => {
    const answer = await daemon()
      .api()
      .send('POST', path, { stack_name: name(), ...body })
    return answer.status === 400 ? answer.body.error.message : `${answer.status} ${JSON.stringify(answer.body)}`
  }

  it('is asked before anything is stored, of parameters and of properties', async () => {
    for (const path of ['/stacks', '/stacks/preview']) {
      expect(await refusal(path, { template: parameter('blue') })).to.equal(
        "Parameter 'colour' is invalid: Error validating value 'blue': there is no such colour",
      )
      expect(await refusal(path, { template: template({ a: paint('blue') }) })).to.equal(
        "Property error: : resources.a.properties.colour: : Error validating value 'blue': there is no such colour",
      )
    }
    expect(await refusal('/validate', { template: template({ a: paint('blue') }) })).to.contain(
      'there is no such colour',
    )
    expect(await refusal('/stacks', { template: template({ a: paint('unknowable') }) })).to.contain(
      'conformance.colour cannot be asked: the painter is away',
    )
  })

  it('is asked again when a value becomes known, and fails the resource', async () => {
    const api = daemon().api()
    const of = (colour: string) =>
      template({ c: value(colour), a: paint({ get_attr: ['c', 'value'] }) }, { got: { get_attr: ['a', 'colour'] } })
    const stack = await api.create(name(), of('green'))
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ got: 'green' })
    await stack.update(of('mauve'))
    const failed = await stack.reaches('UPDATE_FAILED')
    expect(failed.stack_status_reason).to.contain(
      "StackValidationFailed: resources.a: Property error: Properties.colour: Error validating value 'mauve': there is no such colour",
    )
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('that belongs to a service is not there, which validate says without a value', async () => {
    const flavor = {
      heat_template_version: '2018-08-31',
      parameters: { flavor: { type: 'string', constraints: [{ custom_constraint: 'nova.flavor' }] } },
    }
    const why = 'constraint not found: it asks the service nova, and no loaded plugin does'
    expect(await refusal('/validate', { template: flavor })).to.contain(why)
    expect(await refusal('/stacks', { template: flavor, parameters: { flavor: 'm1' } })).to.equal(
      `Parameter 'flavor' is invalid: "m1" does not validate nova.flavor (${why})`,
    )
  })
})

eachEngine('the environment of a request', ({ daemon, name }) => {
  const merged = {
    heat_template_version: '2018-08-31',
    parameters: {
      list: { type: 'comma_delimited_list', default: '' },
      map: { type: 'json', default: {} },
      text: { type: 'string', default: '' },
      secret: { type: 'string', hidden: true, default: '' },
    },
    resources: { one: { type: 'My::Value', properties: { value: { get_param: 'map' } } } },
    outputs: {
      list: { value: { get_param: 'list' } },
      map: { value: { get_attr: ['one', 'value'] } },
      text: { value: { get_param: 'text' } },
    },
  }
  const files = {
    first: JSON.stringify({
      parameters: { list: ['a'], map: { k: [1], t: 'x' }, text: 'one', secret: 's3cret' },
      resource_registry: { 'My::Value': 'OS::Heat::Value' },
      encrypted_param_names: ['secret'],
    }),
    second: JSON.stringify({
      parameters: { list: ['b'], map: { k: [2], u: 'y' }, text: 'two' },
      parameter_merge_strategies: { list: 'merge', map: 'deep_merge' },
    }),
    other: JSON.stringify({ parameters: { list: ['c'] }, parameter_merge_strategies: { list: 'deep_merge' } }),
  }
  const send = (body: object) =>
    daemon()
      .api()
      .send('POST', '/stacks', { stack_name: name(), template: merged, ...body })

  it('is merged of several files in the way that clients send them, and masked when it is shown', async () => {
    const api = daemon().api()
    const stack = await api.create(name(), merged, {
      files,
      environment: { parameters: { list: ['unused'] } },
      environment_files: ['first', 'second'],
    })
    await stack.reaches('CREATE_COMPLETE')
    expect(await stack.outputs()).to.deep.equal({ list: ['a', 'b'], map: { k: [1, 2], t: 'x', u: 'y' }, text: 'two' })
    const { body } = await api.get(`${stack.path}/environment`)
    expect(body.parameters).to.deep.include({ secret: '******', text: 'two' })
    expect(body.encrypted_param_names).to.deep.equal(['secret'])
    await stack.delete()
    await stack.reaches('DELETE_COMPLETE')
  })

  it('is refused where it contradicts itself, or asks for what is not there', async () => {
    const conflict = await send({ files, environment_files: ['first', 'second', 'other'] })
    expect(conflict.body.error.message).to.contain(
      "Conflicting merge strategy 'deep_merge' for parameter 'list' in file 'other'",
    )
    const environment = { resource_registry: { 'My::Value': 'OS::Heat::Value' } }
    const refusal = async (more: object) => {
      const { status, body } = await send({ environment: { ...environment, ...more } })
      return `${status} ${body.error.message}`
    }
    expect(await refusal({ event_sinks: [{ type: 'zaqar-queue', target: 'q' }] })).to.match(
      /^400 environment\.event_sinks\[0\]: : zaqar-queue sends events to the service zaqar/,
    )
    expect(await refusal({ event_sinks: [{ type: 'carrier-pigeon' }] })).to.contain(
      'There is no type of event sink "carrier-pigeon"; no loaded plugin brings any',
    )
    expect(await refusal({ encrypted_param_names: [5] })).to.contain('environment.encrypted_param_names[0]')
    expect(await refusal({ parameter_merge_strategies: [] })).to.contain('section "parameter_merge_strategies"')
  })
})
