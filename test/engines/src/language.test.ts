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
