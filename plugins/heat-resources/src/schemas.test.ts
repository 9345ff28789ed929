import {
  type AttributeSchemas,
  type ConstraintSchema,
  type PropertySchema,
  ResourceType,
  SoftwareConfigs,
} from '@hearth/core/plugin'
import { expect } from 'chai'
import { Container } from 'inversify'
import plugin from './index.js'
import { heatSchemas } from './testing/heat-schemas.js'

/**
 * A type as the table writes it, a line for each property: name, type, `!` if it is required, its default, what is
 * allowed, and `U` if a change of it is made in place. Inner ones stand below, two spaces further in.
 */
function written({ properties, attributes, update, children, updatePolicy = {}, unchanging }: ResourceType): string[] {
  const updates = update !== undefined || children !== undefined
  return [
    ...(properties === 'any' ? ['any property'] : linesOf(properties, updates)),
    ...(updatePolicy === 'any' ? ['any policy'] : linesOf(updatePolicy, false).map(line => `policy ${line}`)),
    `attributes ${attributesOf(attributes)}`.trimEnd(),
    ...(unchanging === true ? ['unchanging'] : []),
  ]
}

const linesOf = (schemas: Readonly<Record<string, PropertySchema>>, updates: boolean, indent = ''): string[] =>
  Object.entries(schemas).flatMap(([name, schema]) => {
    const { type, required, default: fallback, constraints = [], updateAllowed, hidden, schema: inner } = schema
    const parts = [
      `${name} ${type}`,
      ...(required === true ? ['!'] : []),
      ...(fallback === undefined ? [] : [`=${JSON.stringify(fallback)}`]),
      ...constraints.map(allowed),
      ...(hidden === true ? ['hidden'] : []),
      ...(updates && updateAllowed === true ? ['U'] : []),
    ]
    return [`${indent}${parts.join(' ')}`, ...linesOf(inner ?? {}, false, `${indent}  `)]
  })

function allowed(constraint: ConstraintSchema): string {
  if ('range' in constraint) return `${constraint.range.min ?? ''}..${constraint.range.max ?? ''}`
  if ('length' in constraint) return `length ${constraint.length.min ?? ''}..${constraint.length.max ?? ''}`
  if ('allowed_values' in constraint) return `(${constraint.allowed_values.map(String).join(' ')})`
  return 'custom_constraint' in constraint ? constraint.custom_constraint : JSON.stringify(constraint)
}

const attributesOf = (attributes: AttributeSchemas | 'any'): string =>
  attributes === 'any'
    ? 'any'
    : Object.entries(attributes)
        .map(([name, { type }]) => (type === undefined ? name : `${name}:${type}`))
        .join(' ')

describe('the types of Heat', () => {
  let types: readonly ResourceType[]
  before(async () => {
    const container = new Container()
    container.bind(SoftwareConfigs).toConstantValue({} as SoftwareConfigs)
    await container.loadAsync(plugin.contributions)
    types = container.getAll(ResourceType)
  })

  it('are those that need no other service', () => {
    expect(types.map(({ name }) => name).sort()).to.deep.equal(Object.keys(heatSchemas).sort())
  })

  for (const [name, expected] of Object.entries(heatSchemas)) {
    it(`have the properties, update rules and attributes that Heat's have: ${name}`, () => {
      const type = types.find(one => one.name === name) as ResourceType
      const lines = expected.split('\n').map(line => line.replace(/^ {4}/, ''))
      expect(written(type)).to.deep.equal(lines.filter(line => line !== ''))
    })
  }
})
