import { templates, until } from '@hearth/conformance'
import { expect } from 'chai'
import { ofTheApi } from './ground.js'

const { template, value } = templates

ofTheApi('stacks', ({ api, daemon, refused, refusedCreate }) => {
  it('are looked up by name and id with a redirect, which keeps method and query', async () => {
    const stack = await api().create('looked-up', template({ a: value(1) }))
    const canonical = `${api().base}${stack.path}`
    for (const what of ['looked-up', stack.id]) {
      const found = await api().get(`/stacks/${what}?resolve_outputs=False`)
      expect([found.status, found.headers.get('location')]).to.deep.equal([302, `${canonical}?resolve_outputs=False`])
    }
    const arn = encodeURIComponent(`arn:openstack:heat::demo:stacks/looked-up/${stack.id}`)
    // Its slashes need not be escaped, and it may go on to something of the stack.
    for (const one of [arn, decodeURIComponent(arn)]) {
      expect((await api().get(`/stacks/${one}`)).headers.get('location')).to.equal(canonical)
      const inside = await api().send('POST', `/stacks/${one}/resources/a/signal?x=1`)
      expect([inside.status, inside.headers.get('location')]).to.deep.equal([
        302,
        `${canonical}/resources/a/signal?x=1`,
      ])
    }
    expect((await api().get('/stacks/looked-up/template')).headers.get('location')).to.equal(`${canonical}/template`)
    expect((await api().send('DELETE', '/stacks/looked-up')).status).to.equal(302)
    await refused('GET', '/stacks/nobody', undefined, 404, 'The Stack (nobody) could not be found.', 'EntityNotFound')
    await refused('GET', `/stacks/other-name/${stack.id}`, undefined, 404, 'The Stack (other-name) could not be found.')
  })

  it('belong to one project', async () => {
    const stack = await api().create('mine', template({}))
    const other = daemon().api('other')
    expect((await other.get(stack.path)).status).to.equal(404)
    expect((await other.get(`/stacks/${stack.id}`)).status).to.equal(404)
    expect((await other.send('DELETE', stack.path)).status).to.equal(404)
    expect((await other.get('/stacks')).body.stacks).to.deep.equal([])
    await (await other.create('mine', template({}))).settled()
  })

  it('have a name once', async () => {
    await api().create('taken', template({}))
    await refusedCreate({ stack_name: 'taken' }, 409, 'The Stack (taken) already exists.', 'StackExists')
  })

  it('show everything that Heat shows', async () => {
    const stack = await api().create(
      'shown',
      {
        heat_template_version: '2018-08-31',
        description: 'What it is for',
        parameters: {
          text: { type: 'string' },
          secret: { type: 'string', hidden: true, default: 'hush' },
          list: { type: 'comma_delimited_list', default: 'a,b' },
          flag: { type: 'boolean', default: true },
        },
        outputs: { o: { value: { get_param: 'text' }, description: 'The text' } },
      },
      { parameters: { text: 'hello' }, tags: 'one,two', timeout_mins: 7 },
    )
    const shown = await stack.reaches('CREATE_COMPLETE')
    expect(shown).to.deep.include({
      id: stack.id,
      stack_name: 'shown',
      description: 'What it is for',
      template_description: 'What it is for',
      parameters: {
        'OS::stack_id': stack.id,
        'OS::stack_name': 'shown',
        'OS::project_id': 'demo',
        text: 'hello',
        secret: '******',
        list: 'a,b',
        flag: 'True',
      },
      outputs: [{ output_key: 'o', description: 'The text', output_value: 'hello' }],
      capabilities: [],
      notification_topics: [],
      disable_rollback: true,
      timeout_mins: 7,
      stack_owner: 'admin',
      parent: null,
      tags: ['one', 'two'],
      updated_time: null,
      deletion_time: null,
    })
    expect(shown.creation_time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect((await api().get(`${stack.path}?resolve_outputs=false`)).body.stack).not.to.have.property('outputs')
    await refused('GET', `${stack.path}?resolve_outputs=maybe`, undefined, 400, /acceptable values are: true, false/)
    const logged = /GET \/v1\/demo\/stacks\/\S+ 400: .*acceptable values are: true, false/
    await until('the refusal to be in the log', 5_000, async () => logged.test(daemon().log) || undefined)
    expect((await api().get(`${stack.path}/environment`)).body.parameters).to.deep.equal({ text: 'hello' })
    expect((await api().get(`${stack.path}/outputs`)).body).to.deep.equal({
      outputs: [{ output_key: 'o', description: 'The text' }],
    })
    expect((await api().get(`${stack.path}/outputs/o`)).body.output.output_value).to.equal('hello')
    await refused('GET', `${stack.path}/outputs/no`, undefined, 404, 'Specified output key no not found.', 'NotFound')
  })

  it('are previewed without being stored', async () => {
    const answer = await api().send('POST', '/stacks/preview', {
      stack_name: 'previewed',
      template: template({ a: value(1) }),
    })
    expect(answer.status).to.equal(200)
    expect(answer.body.stack).to.include({ id: 'None', stack_name: 'previewed' })
    expect(answer.body.stack.resources[0]).to.include({
      resource_name: 'a',
      resource_status: 'COMPLETE',
      resource_action: 'INIT',
    })
    await refused('GET', '/stacks/previewed', undefined, 404, /could not be found/)
  })

  it('take environment files, merged in order', async () => {
    const stack = await api().create(
      'merged',
      { ...template({}, { o: { get_param: 'p' } }), parameters: { p: { type: 'string', default: 'd' } } },
      {
        environment_files: ['one.yaml', 'two.yaml'],
        files: { 'one.yaml': 'parameters: {p: one}', 'two.yaml': 'parameters: {p: two}' },
      } as object,
    )
    expect(await stack.outputs()).to.deep.equal({ o: 'two' })
  })
})
