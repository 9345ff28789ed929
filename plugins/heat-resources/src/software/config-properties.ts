import type { PropertySchema, PropertySchemas } from '@hearth/core/plugin'

const types: readonly string[] = ['String', 'Number', 'CommaDelimitedList', 'Json', 'Boolean']
const type: PropertySchema = {
  type: 'string',
  description: 'Type of the value.',
  default: 'String',
  constraints: [{ allowed_values: types }],
}
const named: PropertySchemas = {
  name: { type: 'string', description: 'Name of the input or output.', required: true },
  description: { type: 'string', description: 'What it is for.' },
  type,
}

/** Which tool carries a config out. */
export const group: PropertySchema = {
  type: 'string',
  description: 'Namespace to group this software config by when delivered to a server.',
  default: 'Heat::Ungrouped',
}

/** What configs of every kind say of themselves. */
export const described: PropertySchemas = {
  options: { type: 'map', description: 'Options of the tool that carries the config out.' },
  inputs: {
    type: 'list',
    description: 'Schema representing the inputs that this software config is expecting.',
    schema: {
      '*': {
        type: 'map',
        schema: {
          ...named,
          default: { type: 'any', description: 'Value if none is given.' },
          replace_on_change: {
            type: 'boolean',
            description: 'Replace the deployment instead of updating it when the input value changes.',
            default: false,
          },
        },
      },
    },
  },
  outputs: {
    type: 'list',
    description: 'Schema representing the outputs that this software config will produce.',
    schema: {
      '*': {
        type: 'map',
        schema: {
          ...named,
          error_output: {
            type: 'boolean',
            description: 'Denotes that the deployment is in an error state if this output has a value.',
            default: false,
          },
        },
      },
    },
  },
}
