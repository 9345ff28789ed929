import {
  done,
  type Json,
  type JsonMap,
  pythonJson,
  type Progress,
  type ResourceType,
  type StepContext,
  type StoredResource,
} from '@hearth/core/plugin'
import { refuseTransport, signalTransport } from '../signal-transport.js'
import { withLooseSignal, withWholeSignal } from './signals.js'

/** Where signals come in, made once: whatever refers to the URL must find it unchanged. */
async function create({ resource, signalUrl }: StepContext): Promise<Progress> {
  return done({ physicalId: resource.id, data: { url: signalUrl.signed } })
}

const shared = {
  effectless: true,
  create,
  adopt: create,
  metadata: ({ received }: StoredResource) => received,
} as const

/** Takes signals that may leave out everything: each is a success, with the next number as its id. */
export const handle: ResourceType = {
  ...shared,
  name: 'OS::Heat::WaitConditionHandle',
  className: 'HeatWaitConditionHandle',
  description: 'Resource for managing instance signals.',
  support: { status: 'SUPPORTED', version: '2014.2' },
  properties: { signal_transport: signalTransport('TOKEN_SIGNAL', ['TOKEN_SIGNAL', 'CFN_SIGNAL', 'NO_SIGNAL']) },
  attributes: {
    token: {
      description: 'Token for stack-user which can be used for signalling handle.',
      type: 'string',
      secret: true,
    },
    endpoint: { description: 'Endpoint/url which can be used for signalling handle.', type: 'string', secret: true },
    curl_cli: {
      description:
        'Convenience attribute, provides curl CLI command prefix for signalling handle completion or failure.',
      type: 'string',
      secret: true,
    },
    signal: { description: 'JSON text with what is needed to signal the handle.', type: 'string', secret: true },
  },
  validate: refuseTransport,
  signal: ({ received }, details) => withLooseSignal(received, details),
  derive: ({ data, properties }) => ({
    attributes: typeof data.url === 'string' ? ways(data.url, properties.signal_transport) : {},
  }),
}

/** The signature in the endpoint is all that is needed. Who wants a token gets it as one. */
function ways(url: string, transport: Json | undefined): JsonMap {
  if (transport === 'CFN_SIGNAL') return { signal: pythonJson({ alarm_url: url }) }
  if (transport === 'NO_SIGNAL') return { signal: '{}' }
  const token = url.slice(url.lastIndexOf('/') + 1)
  const headers = [`X-Auth-Token: ${token}`, 'Content-Type: application/json', 'Accept: application/json']
  const curl = `curl -i -X POST ${headers.map(header => `-H '${header}'`).join(' ')} ${url}`
  return { token, endpoint: url, curl_cli: curl, signal: 'null' }
}

/** Takes signals that say everything; its reference is the URL to send them to. */
export const awsHandle: ResourceType = {
  ...shared,
  name: 'AWS::CloudFormation::WaitConditionHandle',
  className: 'WaitConditionHandle',
  description: 'AWS WaitConditionHandle resource.',
  support: { status: 'SUPPORTED', version: '2014.1' },
  properties: {},
  attributes: {},
  signal: ({ received }, details) => withWholeSignal(received, details),
  derive: ({ data }) => (typeof data.url === 'string' ? { reference: data.url } : {}),
}

/** The same, for once: each update of the stack waits anew. */
export const updateHandle: ResourceType = {
  ...awsHandle,
  name: 'OS::Heat::UpdateWaitConditionHandle',
  className: 'UpdateWaitConditionHandle',
  description: 'WaitConditionHandle that clears signals and changes handle on update.',
  replacedByUpdates: true,
}
