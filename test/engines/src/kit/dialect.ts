import { fileURLToPath } from 'node:url'
import {
  Constraint,
  definePlugin,
  done,
  type Json,
  ResourceType,
  StandardFormats,
  TemplateError,
  TemplateFormat,
} from '@hearth/core/plugin'
import { ContainerModule } from 'inversify'

/** What a daemon loads to have it. */
export const dialectPlugin = fileURLToPath(import.meta.url)

/** Answers later, as one that asks a service does. */
const colour: Constraint = {
  name: 'conformance.colour',
  ask: async value => {
    await new Promise(resolve => setImmediate(resolve))
    if (value === 'unknowable') throw new Error('the painter is away')
    return ['red', 'green'].includes(value as string) ? undefined : 'there is no such colour'
  },
}

/** Has a property with that constraint. */
const paint: ResourceType = {
  name: 'Conformance::Paint',
  className: 'Paint',
  description: 'A pot of paint.',
  support: { status: 'SUPPORTED' },
  properties: {
    colour: {
      type: 'string',
      description: 'One that there is.',
      required: true,
      updateAllowed: true,
      constraints: [{ custom_constraint: 'conformance.colour' }],
    },
  },
  attributes: { colour: { description: 'As it was mixed.', type: 'string' } },
  effectless: true,
  create: async ({ properties }) => done({ attributes: { colour: properties.colour as Json } }),
  update: async ({ properties }) => done({ attributes: { colour: properties.colour as Json } }),
}

/** A language of templates that is HOT with other words, and one function more. */
function formatFrom(standard: StandardFormats): TemplateFormat {
  const hot = standard.version('heat_template_version', '2018-08-31')
  const shout = {
    description: 'A function for raising the voice.',
    evaluate: (args: Json): Json => {
      if (typeof args !== 'string') throw new TemplateError('only text can be shouted')
      return args.toUpperCase()
    },
  }
  const words = {
    ...hot.words,
    sections: { ...hot.words.sections, parameters: 'takes', resources: 'makes', outputs: 'gives' },
    resource: { ...hot.words.resource, type: 'is', properties: 'with' },
  }
  return {
    key: 'conformance_dialect',
    type: 'dialect',
    versions: [
      {
        ...hot,
        name: 'first',
        aliases: ['1st'],
        words,
        functions: where =>
          new Map([...hot.functions(where), ...(where === 'data' ? ([['shout', shout]] as const) : [])]),
      },
    ],
  }
}

export default definePlugin({
  name: '@hearth/conformance/dialect',
  apiVersion: 1,
  contributions: new ContainerModule(({ bind }) => {
    bind(Constraint).toConstantValue(colour)
    bind(ResourceType).toConstantValue(paint)
    bind(TemplateFormat).toResolvedValue(formatFrom, [StandardFormats])
  }),
})
