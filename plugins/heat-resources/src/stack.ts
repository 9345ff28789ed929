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
      description: 'Another region or cloud. There is none here: leave it out.',
      schema: { region_name: { type: 'string', description: 'Region name in which the stack would be created.' } },
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
    if (context === null || context === undefined || Unknown.is(context)) return
    throw new PropertyFailure('context', 'there is no other region here; leave it out')
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
    done: (outputs, { stack: { id, name } }) => ({ attributes: { stack_name: name, outputs }, reference: id }),
  },
  create: async () => done(),
}
