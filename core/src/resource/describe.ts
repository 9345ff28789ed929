import type {
  AttributeSchemas,
  ConstraintSchema,
  JsonMap,
  PropertySchema,
  PropertySchemas,
  ResourceType,
} from '../plugin/index.js'

/** What the API shows of a resource type (heat/engine/service.py, resource_schema). */
export function describeType(type: ResourceType) {
  const properties = type.properties === 'any' ? {} : type.properties
  const attributes = namedAttributes(type)
  const { status, version = null, message = null, previous = null } = type.support
  return {
    resource_type: type.name,
    properties: describeProperties(properties),
    attributes: {
      ...Object.fromEntries(
        Object.entries(attributes).map(([name, { description = '', type: kind }]) => [
          name,
          { ...(kind === undefined ? {} : { type: kind }), description },
        ]),
      ),
      show: { type: 'map', description: 'Detailed information about resource.' },
    },
    support_status: { status, message, version, previous_status: previous },
  }
}

function namedAttributes({ attributes }: ResourceType): AttributeSchemas {
  if (attributes === 'any') return {}
  const { '*': _, ...named } = attributes
  return named
}

function describeProperties(schemas: PropertySchemas): JsonMap {
  return Object.fromEntries(
    Object.entries(schemas)
      .filter(([, schema]) => schema.hidden !== true)
      .map(([name, schema]) => [name, describeProperty(schema)]),
  )
}

function describeProperty(schema: PropertySchema): JsonMap {
  const {
    type,
    description,
    required = false,
    updateAllowed = false,
    immutable = false,
    constraints = [],
    schema: inner,
  } = schema
  return {
    type,
    required,
    update_allowed: updateAllowed,
    immutable,
    ...(description === undefined ? {} : { description }),
    ...(schema.default === undefined ? {} : { default: schema.default }),
    ...(constraints.length === 0 ? {} : { constraints: constraints as unknown as JsonMap[] }),
    ...(inner === undefined ? {} : { schema: describeProperties(inner) }),
  }
}

/** A template with one resource of the type: properties as parameters, attributes as outputs. */
export function templateOfType(type: ResourceType, form: 'hot' | 'cfn'): JsonMap {
  const properties = Object.entries(type.properties === 'any' ? {} : type.properties).filter(
    ([, { hidden }]) => hidden !== true,
  )
  const attributes = [
    ...Object.entries(namedAttributes(type)),
    ['show', { description: 'Detailed information about resource.' }] as const,
  ]
  const description = `Initial template of ${type.className}`
  const resource = type.className
  if (form === 'hot') {
    return {
      heat_template_version: '2016-10-14',
      description,
      parameters: Object.fromEntries(properties.map(([name, schema]) => [name, parameterOf(schema, hotNames)])),
      resources: {
        [resource]: {
          type: type.name,
          properties: Object.fromEntries(properties.map(([name]) => [name, { get_param: name }])),
        },
      },
      outputs: Object.fromEntries([
        ...attributes.map(([name, schema]) => [
          name,
          { description: schema.description ?? '', value: { get_attr: [resource, name] } },
        ]),
        ['OS::stack_id', { value: { get_resource: resource } }],
      ]),
    }
  }
  return {
    HeatTemplateFormatVersion: '2012-12-12',
    Description: description,
    Parameters: Object.fromEntries(properties.map(([name, schema]) => [name, parameterOf(schema, cfnNames)])),
    Resources: {
      [resource]: {
        Type: type.name,
        Properties: Object.fromEntries(properties.map(([name]) => [name, { Ref: name }])),
      },
    },
    Outputs: Object.fromEntries([
      ...attributes.map(([name, schema]) => [
        name,
        { Description: schema.description ?? '', Value: { 'Fn::GetAtt': [resource, name] } },
      ]),
      ['OS::stack_id', { Value: { Ref: resource } }],
    ]),
  }
}

const hotNames = {
  type: 'type',
  description: 'description',
  default: 'default',
  kinds: {
    string: 'string',
    integer: 'number',
    number: 'number',
    boolean: 'boolean',
    map: 'json',
    list: 'comma_delimited_list',
    any: 'string',
  },
  constraints: (all: readonly ConstraintSchema[]): JsonMap =>
    all.length === 0 ? {} : { constraints: all as unknown as JsonMap[] },
} as const

const cfnNames = {
  type: 'Type',
  description: 'Description',
  default: 'Default',
  kinds: {
    string: 'String',
    integer: 'Number',
    number: 'Number',
    boolean: 'Boolean',
    map: 'Json',
    list: 'CommaDelimitedList',
    any: 'String',
  },
  constraints: (all: readonly ConstraintSchema[]): JsonMap =>
    Object.assign(
      {},
      ...all.map(one => {
        if ('range' in one) return present({ MinValue: one.range.min, MaxValue: one.range.max })
        if ('length' in one) return present({ MinLength: one.length.min, MaxLength: one.length.max })
        if ('allowed_values' in one) return { AllowedValues: [...one.allowed_values] }
        return 'allowed_pattern' in one ? { AllowedPattern: one.allowed_pattern } : {}
      }),
    ),
} as const

const present = (map: Record<string, number | undefined>): JsonMap =>
  Object.fromEntries(Object.entries(map).filter((entry): entry is [string, number] => entry[1] !== undefined))

/** Its items would be text in a list whose items commas part. */
const isListOfMaps = ({ type, schema }: PropertySchema): boolean => type === 'list' && schema?.['*']?.type === 'map'

function parameterOf(schema: PropertySchema, names: typeof hotNames | typeof cfnNames): JsonMap {
  return {
    [names.type]: names.kinds[isListOfMaps(schema) ? 'map' : schema.type],
    ...(schema.description === undefined ? {} : { [names.description]: schema.description }),
    ...(schema.default === undefined ? {} : { [names.default]: schema.default }),
    ...names.constraints(schema.constraints ?? []),
  }
}
