import {
  done,
  type Json,
  type JsonMap,
  type Progress,
  type Properties,
  type PropertySchemas,
  ResourceFailure,
  type ResourceType,
  type SoftwareConfig,
  type SoftwareConfigs,
  type StepContext,
  Unknown,
} from '@hearth/core/plugin'
import { dump } from 'js-yaml'
import { described, group } from './config-properties.js'
import { mimeMessage, type Part } from './mime.js'

/** One way to write a config, of which the host keeps the result: it never changes, so each change makes another. */
interface Kind {
  readonly name: string
  readonly className: string
  readonly description: string
  readonly version: string
  readonly properties: PropertySchemas
  /** Name of the attribute that shows what is kept. */
  readonly attribute: 'config' | 'configs'
  /** @param find the text of another config of the project. */
  content(
    properties: Properties,
    find: (id: string) => Promise<Json | undefined>,
  ): Partial<SoftwareConfig> | Promise<Partial<SoftwareConfig>>
  readonly validate?: ResourceType['validate']
}

const standardGroup = 'Heat::Ungrouped'
const asGiven = ({ config, ...others }: Properties): Partial<SoftwareConfig> => ({
  config: config ?? null,
  ...describedBy(others),
})
const describedBy = ({ group: tool, options, inputs, outputs }: Properties): Partial<SoftwareConfig> => ({
  group: typeof tool === 'string' ? tool : standardGroup,
  options: (options as JsonMap | null) ?? {},
  inputs: (inputs as JsonMap[] | null) ?? [],
  outputs: (outputs as JsonMap[] | null) ?? [],
})

const kinds: readonly Kind[] = [
  {
    name: 'OS::Heat::SoftwareConfig',
    className: 'SoftwareConfig',
    description: 'A resource for describing and storing software configuration.',
    version: '2014.1',
    properties: {
      ...described,
      group,
      config: { type: 'string', description: 'Configuration script or manifest which specifies what gets executed.' },
    },
    attribute: 'config',
    content: asGiven,
  },
  {
    name: 'OS::Heat::StructuredConfig',
    className: 'StructuredConfig',
    description: 'A resource which has same logic with OS::Heat::SoftwareConfig, with data instead of text.',
    version: '2014.1',
    properties: { ...described, group, config: { type: 'map', description: 'Map representing the configuration.' } },
    attribute: 'config',
    content: asGiven,
  },
  {
    name: 'OS::Heat::SoftwareComponent',
    className: 'SoftwareComponent',
    description: 'A resource for describing and storing a software component: a config for each action.',
    version: '2014.2',
    properties: {
      ...described,
      configs: {
        type: 'list',
        description: 'The list of configurations for the different lifecycle actions.',
        required: true,
        constraints: [{ length: { min: 1 } }],
        schema: {
          '*': {
            type: 'map',
            schema: {
              actions: {
                type: 'list',
                description: 'Lifecycle actions to which the configuration applies.',
                default: ['CREATE', 'UPDATE'],
                constraints: [{ length: { min: 1 } }],
              },
              config: { type: 'string', description: 'Configuration script or manifest.' },
              tool: { type: 'string', description: 'The tool that carries it out.', required: true },
            },
          },
        },
      },
    },
    attribute: 'configs',
    content: ({ configs, ...others }) => ({
      ...describedBy(others),
      group: 'component',
      config: { configs: configs ?? [] },
    }),
    validate({ configs }, { name }) {
      if (Unknown.within(configs) || !Array.isArray(configs)) return
      const actions = configs.flatMap(one => ((one as JsonMap).actions as Json[] | null) ?? [])
      if (new Set(actions).size === actions.length) return
      throw new ResourceFailure(
        `Defining more than one configuration for the same action in SoftwareComponent "${name}" is not allowed.`,
        'StackValidationFailed',
      )
    },
  },
  {
    name: 'OS::Heat::CloudConfig',
    className: 'CloudConfig',
    description: 'A configuration resource for representing cloud-init cloud-config.',
    version: '2014.1',
    properties: {
      cloud_config: { type: 'map', description: 'Map representing the cloud-config data structure.' },
    },
    attribute: 'config',
    content: ({ cloud_config }) => ({
      group: standardGroup,
      config: `#cloud-config\n${dump(cloud_config ?? {}, { sortKeys: true, lineWidth: -1, noRefs: true })}`,
    }),
  },
  {
    name: 'OS::Heat::MultipartMime',
    className: 'MultipartMime',
    description: 'Assembles a collection of software configurations as a multi-part mime message.',
    version: '2014.1',
    properties: {
      group,
      parts: {
        type: 'list',
        description: 'Parts belonging to this message.',
        default: [],
        schema: {
          '*': {
            type: 'map',
            schema: {
              config: {
                type: 'string',
                description: 'Content of part to attach, or the id of a config.',
                required: true,
              },
              filename: { type: 'string', description: 'Optional filename to associate with part.' },
              type: {
                type: 'string',
                description: 'Whether the part content is text or multipart.',
                default: 'text',
                constraints: [{ allowed_values: ['text', 'multipart'] }],
              },
              subtype: { type: 'string', description: 'Optional subtype to specify with the type.' },
            },
          },
        },
      },
    },
    attribute: 'config',
    async content({ parts, group: tool }, find) {
      const given = (parts as unknown as Part[] | null) ?? []
      const texts = await Promise.all(given.map(({ config }) => find(config)))
      const read = given.map((part, index) => {
        const text = texts[index]
        return typeof text === 'string' ? { ...part, config: text } : part
      })
      return { group: typeof tool === 'string' ? tool : standardGroup, config: mimeMessage(read) }
    },
  },
]

export const configTypes = kinds.map(kind => (configs: SoftwareConfigs) => typeOf(kind, configs))

function typeOf(kind: Kind, configs: SoftwareConfigs): ResourceType {
  const { name, className, description, version, properties, attribute, validate } = kind
  return {
    name,
    className,
    description,
    support: { status: 'SUPPORTED', version },
    properties,
    attributes: { [attribute]: { description: 'The config value of the software config.', live: true } },
    ...(validate === undefined ? {} : { validate }),
    async create({ properties: given, resource: { id, physicalName }, stack: { project } }): Promise<Progress> {
      const find = async (other: string): Promise<Json | undefined> => {
        const found = await configs.config(other)
        return found?.project === project ? found.config : undefined
      }
      const empty = { config: null, inputs: [], outputs: [], options: {} }
      const content = await kind.content(given, find)
      await configs.createConfig(project, { id, name: physicalName, group: standardGroup, ...empty, ...content })
      return done({ physicalId: id })
    },
    async delete({ physicalId, resource: { id } }) {
      await configs.deleteConfig(physicalId ?? id)
      return done()
    },
    adopt: context => adopt(context, configs),
    async read({ physicalId }) {
      const found = physicalId === null ? undefined : await configs.config(physicalId)
      const content = found?.config ?? null
      return attribute === 'configs' ? ((content as JsonMap | null)?.configs ?? null) : content
    },
  }
}

/** What is adopted must be there, and be the project's own. */
async function adopt({ physicalId, stack }: StepContext, configs: SoftwareConfigs): Promise<Progress> {
  const found = physicalId === null ? undefined : await configs.config(physicalId)
  if (found?.project === stack.project) return done()
  throw new ResourceFailure(`Software config with id ${physicalId} not found`, 'NotFound')
}
