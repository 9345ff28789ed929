import type { Queryable } from '@hearth/db'
import { expect } from 'chai'
import { done, type JsonMap, type ResourceType } from '../../plugin/index.js'
import { incarnationOf } from '../../resource/rows/incarnation.js'
import { Secrets } from '../../resource/secrets/secrets.js'
import { typeRegistry } from '../../resource/types.js'
import { define } from '../../template/index.js'
import type { Definitions } from '../definitions.js'
import { type OutputServices, withAttributesNow } from './outputs.js'

const group: ResourceType = {
  name: 'Group',
  className: 'Group',
  description: '',
  support: { status: 'SUPPORTED' },
  properties: {},
  attributes: 'any',
  children: {
    label: 'group',
    of: () => undefined,
    now: ({ who = null }, { resources }) => ({ who, members: [...resources.keys()] }),
  },
  create: async () => done(),
}
const member: ResourceType = {
  name: 'Member',
  className: 'Member',
  description: '',
  support: { status: 'SUPPORTED' },
  properties: {},
  attributes: { name: { type: 'string' } },
  create: async () => done(),
}
const types = typeRegistry([group, member])
const secrets = new Secrets('k'.repeat(32))

const templateOf = (name: string, type: string, attribute: string): JsonMap => ({
  heat_template_version: '2018-08-31',
  resources: { [name]: { type } },
  outputs: { who: { value: { get_attr: [name, attribute] } } },
})

const rowOf = (id: string, stackId: string, name: string, type: string, attributes = {}) => ({
  id,
  stackId,
  name,
  type,
  implementation: null,
  action: 'CREATE',
  status: 'COMPLETE',
  templateId: `template of ${stackId}`,
  deletionPolicy: 'Delete',
  requires: [],
  properties: {},
  attributes,
  hiddenProperties: null,
  sealed: null,
  data: null,
  received: null,
  createdAt: new Date(0),
})

const quiet = (): void => undefined

/** So many groups, each with a stack of one group, which has a stack of one member. */
function world(groups: number): { readonly services: OutputServices; readonly stored: never[]; queries: string[] } {
  const names = Array.from({ length: groups }, (_, index) => `g${index}`)
  const nested = names.map(name => rowOf(`${name}/in`, `stack of ${name}`, 'inner', 'Group'))
  const members = names.map(name => rowOf(`${name}/m`, `stack of ${name}/in`, 'm', 'Member', { name }))
  const rows = [...nested, ...members]
  const queries: string[] = []
  const db = {
    async query(statement: { readonly name: string }, [ids]: readonly [readonly string[]]) {
      queries.push(statement.name)
      if (statement.name === 'resource-of-stacks') return rows.filter(({ stackId }) => ids.includes(stackId))
      return ids.map(id => ({ id: `stack of ${id}`, parentResourceId: id, templateId: `template of stack of ${id}` }))
    },
  } as unknown as Queryable
  const definitionOf = (template: string) =>
    define({
      template: template.endsWith('/in') ? templateOf('m', 'Member', 'name') : templateOf('inner', 'Group', 'who'),
      environment: {},
      files: {},
      stack: { id: null, name: 's', project: 'p' },
      types,
      validate: false,
    })
  const definitions = {
    async ofTemplates(wanted: readonly { readonly template: string }[]) {
      queries.push('templates')
      return new Map(wanted.map(({ template }) => [template, definitionOf(template)]))
    },
  } as unknown as Definitions
  const stored = names.map(name => incarnationOf(rowOf(name, 'root', name, 'Group') as never, secrets)) as never[]
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
  return { services: { db, definitions, types, secrets, log }, stored, queries }
}

describe('attributes made of the stacks inside', () => {
  it('are those of the stack as it is, through any number of levels', async () => {
    const { services, stored } = world(2)
    const found = await withAttributesNow(stored, services)
    expect(found.map(({ attributes }) => attributes)).to.deep.equal([
      { who: 'g0', members: ['inner'] },
      { who: 'g1', members: ['inner'] },
    ])
  })

  it('of many groups ask for no more than those of one: stacks, templates and rows a level', async () => {
    const asked = []
    for (const groups of [1, 20]) {
      const { services, stored, queries } = world(groups)
      await withAttributesNow(stored, services)
      asked.push(queries)
    }
    expect(asked[1]).to.deep.equal(asked[0])
    expect(asked[0]).to.have.length(6)
  })
})
