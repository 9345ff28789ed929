import { done, type ResourceType, TemplateFile, Unknown } from '@hearth/core/plugin'
import { asMap, attributeFailure, follow, isMap } from './groups/members.js'

const outputs = 'Outputs.'

/** A stack from a template among the files, as CloudFormation writes it (heat/engine/resources/aws/cfn/stack.py). */
export const cloudFormationStack: ResourceType = {
  name: 'AWS::CloudFormation::Stack',
  className: 'NestedStack',
  description: 'Represents a child stack to allow composition of templates.',
  support: { status: 'SUPPORTED', version: '2014.1' },
  properties: {
    TemplateURL: {
      type: 'string',
      description:
        'The template that specifies the stack to be created as a resource: a key of the files of the request.',
      required: true,
      updateAllowed: true,
    },
    TimeoutInMinutes: {
      type: 'integer',
      description: 'The length of time, in minutes, to wait for the nested stack.',
      constraints: [{ range: { min: 1 } }],
      updateAllowed: true,
    },
    Parameters: {
      type: 'map',
      description: 'The set of parameters passed to this nested stack.',
      updateAllowed: true,
    },
  },
  attributes: {
    'Outputs.NAME': { description: 'The output NAME of the nested stack.' },
  },
  children: {
    label: 'TemplateURL',
    of: ({ TemplateURL: file, TimeoutInMinutes: minutes, Parameters: parameters }, stored) =>
      typeof file !== 'string' || (stored !== undefined && Unknown.is(parameters))
        ? undefined
        : {
            template: new TemplateFile(file),
            parameters: isMap(parameters) ? parameters : {},
            ...(typeof minutes === 'number' ? { timeoutMinutes: minutes } : {}),
          },
    done: values => ({ attributes: { outputs: values } }),
    missing(attribute, _path, names) {
      const name = attribute.startsWith(outputs) ? attribute.slice(outputs.length) : undefined
      if (name !== undefined && names?.includes(name) !== false) return undefined
      return { fails: true, known: (names ?? []).map(one => outputs + one) }
    },
    attribute({ name: resource, attributes }, attribute, path) {
      const name = attribute.startsWith(outputs) ? attribute.slice(outputs.length) : undefined
      // Before it was ever reached nothing is wrong with the name.
      if (name !== undefined && attributes.outputs === undefined) return null
      const values = asMap(attributes.outputs)
      if (name === undefined || !Object.hasOwn(values, name)) throw attributeFailure(resource, attribute)
      return follow(values, [name, ...path])
    },
    all: ({ attributes }) =>
      Object.fromEntries(Object.entries(asMap(attributes.outputs)).map(([name, value]) => [outputs + name, value])),
  },
  create: async () => done(),
}
