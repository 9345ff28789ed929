import {
  done,
  type JsonMap,
  type Progress,
  type ResourceType,
  type SoftwareConfigs,
  type StepContext,
} from '@hearth/core/plugin'
import { refusing } from '../refuse-services.js'

const services: Readonly<Record<string, string>> = {
  POLL_SERVER_CFN: 'Keystone',
  POLL_TEMP_URL: 'Swift',
  ZAQAR_MESSAGE: 'Zaqar',
}

/** A record of a server that is there already: what deployments point at, and where it finds what it is to do. */
export const deployedServer = (configs: SoftwareConfigs): ResourceType => ({
  name: 'OS::Heat::DeployedServer',
  className: 'DeployedServer',
  description: 'A resource for managing servers that are already deployed.',
  support: { status: 'SUPPORTED', version: '8.0.0' },
  properties: {
    name: { type: 'string', description: 'Server name.', updateAllowed: true },
    metadata: { type: 'map', description: 'Ignored.', updateAllowed: true },
    software_config_transport: {
      type: 'string',
      description: `How the server finds what it is to do. ${Object.keys(services).join(', ')} need services that there are none of here.`,
      default: 'POLL_SERVER_HEAT',
      constraints: [{ allowed_values: ['POLL_SERVER_HEAT', ...Object.keys(services)] }],
      updateAllowed: true,
    },
    deployment_swift_data: {
      type: 'map',
      description: 'Ignored: where a temporary URL would lie.',
      schema: {
        container: { type: 'string', description: 'Name of the container.' },
        object: { type: 'string', description: 'Name of the object.' },
      },
      updateAllowed: true,
    },
  },
  attributes: {
    name: { description: 'Name of the server.', type: 'string' },
    os_collect_config: {
      description: "The os-collect-config configuration for the server's local agent.",
      type: 'map',
    },
  },
  effectless: true,
  validate: refusing({ property: 'software_config_transport', services, instead: 'POLL_SERVER_HEAT' }),
  create: async context => kept(context, context.resource.id),
  update: async context => kept(context),
  async metadata({ physicalId, attributes }, { project }) {
    const deployments = physicalId === null ? [] : await configs.ofServer(project, physicalId)
    return { deployments: [...deployments], 'os-collect-config': attributes.os_collect_config ?? {} }
  },
})

function kept({ properties, resource, stack }: StepContext, physicalId?: string): Progress {
  const heat: JsonMap = {
    project_id: stack.project,
    stack_id: `${stack.name}/${stack.id}`,
    resource_name: resource.name,
  }
  const attributes = {
    name: properties.name ?? resource.physicalName,
    os_collect_config: { collectors: ['heat', 'local'], heat },
  }
  return done({ attributes, ...(physicalId === undefined ? {} : { physicalId }) })
}
