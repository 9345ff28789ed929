import { done, PropertyFailure, type ResourceType, Unknown } from '@hearth/core/plugin'
import { isMap } from './groups/members.js'

/** A stack of this Hearth, from the text of a template. */
export const stack: ResourceType = {
  name: 'OS::Heat::Stack',
  className: 'Stack',
  description: 'A resource that creates a stack from a template that is given as text.',
  support: { status: 'SUPPORTED', version: '2014.2' },
  properties: {
    context: {
      type: 'map',
      description: 'Another region or cloud. There is none here: leave it out, or say nothing in it.',
      schema: {
        region_name: { type: 'string', description: 'Region name in which the stack would be created.' },
        credential_secret_id: { type: 'string', description: 'What would say who may create it there.' },
        ca_cert: { type: 'string', description: 'Certificates of the authority that the other cloud would have.' },
        insecure: { type: 'boolean', description: 'Whether that would not be looked at.', default: false },
      },
      updateAllowed: true,
    },
    template: {
      type: 'string',
      description: 'Template that specifies the stack to be created as a resource.',
      required: true,
      updateAllowed: true,
    },
    timeout: {
      type: 'integer',
      description: 'Stack creation timeout in minutes.',
      constraints: [{ range: { min: 1 } }],
      updateAllowed: true,
    },
    parameters: {
      type: 'map',
      description: 'Set of parameters passed to this stack.',
      default: {},
      updateAllowed: true,
    },
  },
  attributes: {
    stack_name: { description: 'Name of the stack.', type: 'string' },
    outputs: { description: 'A dict of key-value pairs output from the stack.', type: 'map' },
  },
  validate({ context }) {
    for (const [name, given] of Object.entries(isMap(context) ? context : {})) {
      if (given === null || given === false || Unknown.is(given)) continue
      throw new PropertyFailure(`context.${name}`, 'there is no other region or cloud here; leave it out')
    }
  },
  children: {
    label: 'template',
    of: ({ template, timeout, parameters }, stored) =>
      typeof template !== 'string' || (stored !== undefined && Unknown.is(parameters))
        ? undefined
        : {
            template,
            parameters: isMap(parameters) ? parameters : {},
            ...(typeof timeout === 'number' ? { timeoutMinutes: timeout } : {}),
          },
    missing(attribute, [output], names) {
      if (attribute !== 'outputs' || typeof output !== 'string' || names?.includes(output) !== false) return undefined
      return { fails: false, known: names }
    },
    done: (outputs, { stack: { id, name } }) => ({ attributes: { stack_name: name, outputs }, reference: id }),
  },
  create: async () => done(),
}
