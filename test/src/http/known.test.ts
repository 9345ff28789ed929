import { templates } from '@hearth/conformance'
import { expect } from 'chai'
import { ofTheApi } from './ground.js'

const { template, test } = templates

ofTheApi('what the daemon knows', ({ api, refused, refusedCreate }) => {
  it('lists, describes and writes templates of resource types', async () => {
    const { resource_types: types } = (await api().get('/resource_types')).body
    expect(types).to.include.members([
      'OS::Heat::Delay',
      'OS::Heat::None',
      'OS::Heat::RandomString',
      'OS::Heat::TestResource',
      'OS::Heat::Value',
    ])
    expect((await api().get('/resource_types?name=.*Random')).body.resource_types).to.deep.equal([
      'OS::Heat::RandomString',
    ])
    expect((await api().get('/resource_types?name=(')).body.resource_types).to.deep.equal([])
    const shown = (await api().get('/resource_types/OS::Heat::TestResource')).body
    expect(shown.properties.wait_secs.default).to.equal(0)
    expect(shown.support_status.status).to.equal('SUPPORTED')
    expect(shown.attributes).to.include.keys('output', 'show')
    await refused('GET', '/resource_types/No::Such', undefined, 404, 'The Resource Type (No::Such) could not be found.')
    for (const form of ['hot', 'cfn']) {
      const made = (await api().get(`/resource_types/OS::Heat::RandomString/template?template_type=${form}`)).body
      expect(JSON.stringify(made)).to.contain('Initial template of RandomString')
      const checked = await api().send('POST', '/validate', { template: made })
      expect(checked.status, JSON.stringify(checked.body)).to.equal(200)
    }
  })

  it('knows types whose service is not there: it lists them for who asks, and says why where they are used', async () => {
    const list = async (query: string) => (await api().get(`/resource_types?name=OS::Nova::Server$${query}`)).body
    expect(await list('')).to.deep.equal({ resource_types: [] })
    expect(await list('&support_status=unsupported')).to.deep.equal({ resource_types: ['OS::Nova::Server'] })
    const [{ description }] = (await list('&support_status=UNSUPPORTED&with_description=true')).resource_types
    expect(description).to.match(/^Service nova is not available: /)

    const why =
      /^HEAT-E99001 Service nova is not available for resource type OS::Nova::Server, reason: Hearth works without/
    const using = template({ a: { type: 'OS::Nova::Server', properties: { flavor: 'f' } }, b: test() })
    await refused('GET', '/resource_types/OS::Nova::Server', undefined, 400, why, 'ResourceTypeUnavailable')
    await refusedCreate({ template: using }, 400, why, 'ResourceTypeUnavailable')
    await refused('POST', '/validate', { template: using }, 400, why)
    const aliased = { resource_registry: { 'My::Server': 'OS::Nova::Server' } }
    await refusedCreate({ template: template({ a: { type: 'My::Server' } }), environment: aliased }, 400, why)
    await refusedCreate(
      { template: template({ a: { type: 'OS::Nova::Sever' } }) },
      400,
      /Did you mean OS::Nova::Server/,
    )

    const ignoring = await api().send('POST', '/validate?ignore_errors=99001', { template: using })
    expect(ignoring.status, JSON.stringify(ignoring.body)).to.equal(200)
    await refused('POST', '/validate?ignore_errors=5', { template: using }, 400, /expected 99001/)
    const mapped = { template: using, environment: { resource_registry: { 'OS::Nova::*': 'OS::Heat::None' } } }
    expect((await api().send('POST', '/validate', mapped)).status).to.equal(200)
  })

  it('tells the versions of the language and their functions', async () => {
    const versions = (await api().get('/template_versions')).body.template_versions
    expect(versions).to.deep.include({
      version: 'heat_template_version.2016-10-14',
      type: 'hot',
      aliases: ['heat_template_version.newton'],
    })
    const { template_functions: functions } = (
      await api().get('/template_versions/heat_template_version.2018-08-31/functions')
    ).body
    expect(functions.map((one: { functions: string }) => one.functions)).to.include.members([
      'get_attr',
      'get_param',
      'str_replace',
      'repeat',
    ])
    await refused('GET', '/template_versions/nothing/functions', undefined, 404, /not found/)
  })

  it('shows its services and build', async () => {
    const { services } = (await api().get('/services')).body
    expect(services).to.have.length(1)
    expect(services[0]).to.include({ binary: 'heat-engine', topic: 'engine', status: 'up' })
    expect((await api().get('/build_info')).body).to.deep.equal({
      api: { revision: 'unknown' },
      engine: { revision: 'unknown' },
    })
  })
})
