import type { PropertySchemas, ResourceType, SoftwareConfigs } from '@hearth/core/plugin'
import { refuseTransport, signalTransport } from '../signal-transport.js'
import { deploymentSteps } from './deployment.js'
import { withInputs } from './derived-config.js'

const actions = ['CREATE', 'UPDATE', 'DELETE', 'SUSPEND', 'RESUME']

/** What deployments to one server and to several have in common. */
export const deploymentProperties: PropertySchemas = {
  config: {
    type: 'string',
    description: 'ID of software configuration resource to execute when applying to the server.',
    updateAllowed: true,
  },
  input_values: {
    type: 'map',
    description: 'Input values to apply to the software configuration on this server.',
    updateAllowed: true,
  },
  actions: {
    type: 'list',
    description: 'Which lifecycle actions of the deployment resource will result in this deployment being triggered.',
    default: ['CREATE', 'UPDATE'],
    constraints: [{ allowed_values: actions }],
    updateAllowed: true,
  },
  name: {
    type: 'string',
    description:
      'Name of the derived config associated with this deployment. The configs of a server are sorted by their names.',
    updateAllowed: true,
  },
  signal_transport: signalTransport('CFN_SIGNAL', ['CFN_SIGNAL', 'NO_SIGNAL']),
}
export const structuredProperties: PropertySchemas = {
  input_key: {
    type: 'string',
    description: 'Name of key to use for substituting inputs during deployment.',
    default: 'get_input',
  },
  input_values_validate: {
    type: 'string',
    description: 'LAX: an input that is not there is null. STRICT: it is an error.',
    default: 'LAX',
    constraints: [{ allowed_values: ['LAX', 'STRICT'] }],
  },
}
const server: PropertySchemas = {
  server: { type: 'string', description: 'ID of the server to apply configuration to.', required: true },
}

const attributes = {
  deploy_stdout: { description: 'Captured stdout from the configuration execution.', type: 'string', live: true },
  deploy_stderr: { description: 'Captured stderr from the configuration execution.', type: 'string', live: true },
  deploy_status_code: {
    description: 'Returned status code from the configuration execution.',
    type: 'string',
    live: true,
  },
  '*': { description: 'Every output that the server has given.', live: true },
} as const

/** A config on a server: waits until the server has carried it out. */
export const softwareDeployment = (configs: SoftwareConfigs): ResourceType => ({
  name: 'OS::Heat::SoftwareDeployment',
  className: 'SoftwareDeployment',
  description: 'This resource associates a server with some configuration.',
  support: { status: 'SUPPORTED', version: '2014.1' },
  properties: { ...deploymentProperties, ...server },
  attributes,
  validate: refuseTransport,
  ...deploymentSteps(configs, ({ config }) => config ?? ''),
})

/** The same of a config that is data, into which the values of inputs are put. */
export const structuredDeployment = (configs: SoftwareConfigs): ResourceType => ({
  name: 'OS::Heat::StructuredDeployment',
  className: 'StructuredDeployment',
  description: 'A resource which has same logic with OS::Heat::SoftwareDeployment, for data instead of text.',
  support: { status: 'SUPPORTED', version: '2014.1' },
  properties: { ...deploymentProperties, ...structuredProperties, ...server },
  attributes,
  validate: refuseTransport,
  ...deploymentSteps(configs, ({ config }, inputs, { input_key, input_values_validate }) =>
    withInputs(config ?? {}, input_key as string, inputs, input_values_validate === 'STRICT'),
  ),
})
