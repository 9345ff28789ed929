import { templates } from '@hearth/conformance'
import { expect } from 'chai'
import { ofTheApi } from './ground.js'

const { template } = templates

const services = { HEAT_SIGNAL: 'Keystone', TEMP_URL_SIGNAL: 'Swift', ZAQAR_SIGNAL: 'Zaqar' }
const polls = { POLL_SERVER_CFN: 'Keystone', POLL_TEMP_URL: 'Swift', ZAQAR_MESSAGE: 'Zaqar' }

const handle = { type: 'OS::Heat::WaitConditionHandle' }
const single = { config: 'c', server: 's' }
const several = { config: 'c', servers: { one: 's' } }
const signalled: Record<string, object> = {
  WaitConditionHandle: {},
  SoftwareDeployment: single,
  StructuredDeployment: single,
  SoftwareDeploymentGroup: several,
  StructuredDeploymentGroup: several,
}

ofTheApi('ways to signal', ({ api }) => {
  /** Each type with each of these values of a property. */
  const each = (types: Record<string, object>, property: string, values: readonly string[]) =>
    Object.fromEntries(
      Object.entries(types).flatMap(([type, properties]) =>
        values.map(value => [
          `${type}-${value}`,
          { type: `OS::Heat::${type}`, properties: { ...properties, [property]: value } },
        ]),
      ),
    )

  it('that need a service are refused with its name, of each type, before anything is made', async () => {
    const content = template({
      ...each(signalled, 'signal_transport', Object.keys(services)),
      ...each({ DeployedServer: {} }, 'software_config_transport', Object.keys(polls)),
    } as never)
    const { body } = await api().send('POST', '/validate', { template: content })
    const told: { path: string; message: string }[] = body.errors
    const message = (name: string): string =>
      told.find(one => one.path.startsWith(`resources.${name}.properties.`))?.message ?? JSON.stringify(told)
    for (const [transport, service] of Object.entries(services)) {
      for (const type of Object.keys(signalled)) {
        expect(message(`${type}-${transport}`), `${type} ${transport}`).to.contain(
          `signal_transport: ${transport} needs the service ${service}, and there is none here; use CFN_SIGNAL`,
        )
      }
    }
    for (const [transport, service] of Object.entries(polls)) {
      expect(message(`DeployedServer-${transport}`)).to.contain(
        `${transport} needs the service ${service}, and there is none here; use POLL_SERVER_HEAT`,
      )
    }
    const created = await api().send('POST', '/stacks', { stack_name: 'unsignalled', template: content })
    expect(created.status).to.equal(400)
    expect(created.body.error.message).to.contain('needs the service')
  })

  it('that need none are taken', async () => {
    const content = template({
      ...each(signalled, 'signal_transport', ['CFN_SIGNAL', 'NO_SIGNAL']),
      token: { ...handle, properties: { signal_transport: 'TOKEN_SIGNAL' } },
      server: { type: 'OS::Heat::DeployedServer', properties: { software_config_transport: 'POLL_SERVER_HEAT' } },
    } as never)
    const { status, body } = await api().send('POST', '/validate', { template: content })
    expect(status, JSON.stringify(body)).to.equal(200)
  })

  it('are refused in members of a group, too, and by the name of a component that says one action twice', async () => {
    const content = template({
      g: {
        type: 'OS::Heat::ResourceGroup',
        properties: { resource_def: { ...handle, properties: { signal_transport: 'ZAQAR_SIGNAL' } } },
      },
      twice: {
        type: 'OS::Heat::SoftwareComponent',
        properties: { configs: [{ tool: 'a' }, { tool: 'b', actions: ['UPDATE'] }] },
      },
    })
    const { body } = await api().send('POST', '/validate', { template: content })
    const messages: string[] = body.errors.map(({ message }: { message: string }) => message)
    expect(messages).to.have.length(2)
    expect(messages.join('\n'))
      .to.contain('ZAQAR_SIGNAL needs the service Zaqar')
      .and.to.contain('more than one configuration for the same action in SoftwareComponent "twice" is not allowed.')
  })
})
