import { expect } from 'chai'
import type { Json, JsonMap } from '../plugin/json.js'
import { done, type ResourceType } from '../plugin/resource-type.js'
import { typeRegistry } from '../resource/types.js'
import { validateTemplate } from './describe.js'
import { caught, defined, types } from './kit.test.js'
import { parseTemplateText } from './reading/parse.js'
import { placesIn } from './reading/place.js'

/** A stack of as many members as `count` says, each of which is `member`. */
const team: ResourceType = {
  name: 'Test::Team',
  className: 'Team',
  description: 'a group',
  support: { status: 'SUPPORTED' },
  properties: { count: { type: 'integer', default: 1 }, member: { type: 'map', required: true } },
  attributes: {},
  children: {
    label: 'team',
    of: ({ member, count }) => ({
      template: { heat_template_version: '2018-08-31', resources: { first: member ?? null } },
      parameters: {},
      standsFor: Number(count),
    }),
    written: path => path.replace(/^resources\.first/, 'member'),
  },
  create: async () => done(),
}
/** A stack from the text of a template. */
const texted: ResourceType = {
  ...team,
  name: 'Test::Text',
  properties: { text: { type: 'string' } },
  children: { label: 'text', of: ({ text }) => ({ template: text as string, parameters: {} }) },
}
/** Waits for another resource. */
const waiter: ResourceType = {
  name: 'Test::Waiter',
  className: 'Waiter',
  description: 'waits',
  support: { status: 'SUPPORTED' },
  properties: { on: { type: 'string', refersTo: ['OS::Heat::None', 'Test::Team'] } },
  attributes: {},
  create: async () => done(),
}
const ours = typeRegistry([waiter, ...types.names().flatMap(name => types.find(name) ?? []), team, texted])

const stack = { id: null, name: 'n', project: 'p' }

/** Path, file and words of each problem, as `POST /validate` tells them, with what stands there. */
function told(template: string, files: Record<string, string> = {}, most = -1): string[] {
  const nesting = { around: [], depth: 0, maxDepth: 3, maxTemplateSize: 100_000, count: { seen: 0, most } }
  const input = { environment: {}, files, types: ours, stack, nesting }
  const { problems = [] } = caught(() =>
    validateTemplate({ template: parseTemplateText(template, { maxSize: 100_000 }), ...input }),
  )
  return problems.map(({ file, path, message }) => {
    const text = file === undefined ? template : (files[file] ?? '')
    const place = placesIn(text)(path)
    const written = text.split('\n')[(place?.line ?? 0) - 1]?.slice((place?.column ?? 1) - 1)
    return `${file ?? '-'} ${path} "${written}" ${message}`
  })
}

const page = `heat_template_version: 2018-08-31
parameters:
  size: { type: numbr }
resources:
  disk: { type: OS::Heat::Value, properties: { value: 1, typ: x } }
  other: { type: OS::Heat::Valeu }
`

describe('what is wrong in a stack inside', () => {
  it('is told all at once, with the file and the place in it, and once however many use it', () => {
    const text =
      'heat_template_version: 2018-08-31\nresources:\n  a: {type: x.yaml}\n  b: {type: x.yaml}\n  c: {type: 5}\n'
    const fine = page.replace('numbr', 'number, default: 1')
    expect(told(text, { 'x.yaml': fine })).to.deep.equal([
      '- resources.c.type "type: 5}" Resource c type type must be string',
      'x.yaml resources.other.type "type: OS::Heat::Valeu }" resources.a<x.yaml>: The Resource Type (OS::Heat::Valeu) could not be found. Did you mean OS::Heat::Value?',
      'x.yaml resources.disk.properties.typ "typ: x } }" Property error: resources.a<x.yaml>.resources.disk.properties: Unknown Property typ (did you mean type?)',
    ])
    expect(told(text, { 'x.yaml': page })[1]).to.equal(
      'x.yaml parameters.size.type "type: numbr }" Invalid type (numbr); expected string, number, boolean, comma_delimited_list or json (did you mean number?)',
    )
  })

  it('names the file that cannot be read, with line and column', () => {
    const text = 'heat_template_version: 2018-08-31\nresources:\n  a: {type: x.yaml}\n'
    const error = caught(() =>
      defined({ resources: { a: { type: 'x.yaml' } } }, { files: { 'x.yaml': 'a: [1,\nb: }' } }),
    )
    expect(error.message).to.contain('Error parsing template x.yaml').and.to.contain('line 2')
    expect(error.place).to.include({ file: 'x.yaml', line: 2 })
    expect(told(text, { 'x.yaml': '{}' })).to.deep.equal([
      'x.yaml  "undefined" Template not in valid format: Template format version not found. (expected HeatTemplateFormatVersion, AWSTemplateFormatVersion, heat_template_version)',
    ])
    expect(told(text, { 'y.yaml': '{}' })[0]).to.contain('- resources.a.type "type: x.yaml}"')
  })

  it("is told with the words of each template's own format on the way there", () => {
    const cfn = (resources: JsonMap): string =>
      JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: resources })
    const files = {
      'hot.yaml': JSON.stringify({ heat_template_version: '2018-08-31', resources: { in: { type: 'cfn.yaml' } } }),
      'cfn.yaml': cfn({ value: { Type: 'OS::Heat::Value', Properties: {} } }),
    }
    expect(told(cfn({ out: { Type: 'hot.yaml' } }), files)).to.deep.equal([
      'cfn.yaml Resources.value.Properties "Properties":{}}}}" Property error: Resources.out<hot.yaml>.resources.in<cfn.yaml>.Resources.value.Properties: Property value not assigned',
    ])
    expect(told(cfn({ out: { Type: 'no.yaml' } }), files)[0]).to.contain('Resources.out.Type: Could not fetch')
  })

  it('points at the properties that it was made of, through several levels', () => {
    const text = `heat_template_version: 2018-08-31
resources:
  g:
    type: Test::Team
    properties:
      member:
        type: Test::Team
        properties:
          member: { type: OS::Heat::Value, properties: { value: 1, typ: 5 } }
  t:
    type: Test::Text
    properties:
      text: |
        heat_template_version: 2018-08-31
        resources: {a: {}}
`
    expect(told(text)).to.deep.equal([
      '- resources.g.properties.member.properties.member.properties.typ "typ: 5 } }" Property error: resources.g<team>.resources.first<team>.resources.first.properties: Unknown Property typ (did you mean type?)',
      '- resources.t.properties.text "text: |" resources.t<text>: Each resource must contain a type key.',
    ])
  })

  it('counts each member of a group, of groups of groups too', () => {
    const of = (count: number, member: Json): JsonMap => ({ type: 'Test::Team', properties: { count, member } })
    const refusal = (resources: JsonMap, most: number) => {
      const text = JSON.stringify({ heat_template_version: '2018-08-31', resources })
      return told(text, {}, most)
    }
    const leaf = { type: 'OS::Heat::None' }
    const full = of(4, of(5, leaf))
    // The group, its four, and five in each of these.
    expect(() => refusal({ full }, 25)).to.throw('nothing was refused')
    expect(refusal({ full }, 24)).to.have.lengthOf(1)
    expect(refusal({ full }, 24)[0])
      .to.contain('resources.full')
      .and.to.contain('Maximum resources per stack exceeded.')
    expect(refusal({ a: of(10_000, leaf) }, 1000)[0]).to.contain('Maximum resources per stack exceeded.')
  })

  it('refuses what is no reference to a resource of the right type, where nothing else will do', () => {
    const problems = (on: Json) =>
      told(
        JSON.stringify({
          heat_template_version: '2018-08-31',
          parameters: { later: { type: 'string' }, text: { type: 'string', default: 'x' } },
          resources: {
            w: { type: 'Test::Waiter', properties: { on } },
            right: { type: 'OS::Heat::None' },
            wrong: { type: 'OS::Heat::Value', properties: { value: 1 } },
          },
        }),
      ).map(one => one.replace(/^.*Property error: /, ''))
    const expected =
      'resources.w.properties.on: expected get_resource of a resource of type OS::Heat::None or Test::Team; got'
    expect(problems('text')).to.deep.equal([`${expected} 'text'`])
    expect(problems({ get_param: 'text' })).to.deep.equal([`${expected} 'x'`])
    expect(problems({ get_resource: 'wrong' })).to.deep.equal([`${expected} wrong, which is of type OS::Heat::Value`])
    const right: readonly Json[] = [
      { get_resource: 'right' },
      { get_param: 'later' },
      { get_attr: ['wrong', 'value'] },
      null,
    ]
    for (const fine of right) {
      expect(() => problems(fine), JSON.stringify(fine)).to.throw('nothing was refused')
    }
  })

  it('misses what the stack inside has to be given, where it is known what it is given', () => {
    const asking = 'heat_template_version: 2018-08-31\nparameters:\n  p: {type: string}\n'
    const around = (text: string) =>
      `heat_template_version: 2018-08-31\nresources:\n  a: {type: Test::Text, properties: {text: ${text}}}\n`
    expect(told(around('{get_file: a.yaml}'), { 'a.yaml': asking })).to.deep.equal([
      'a.yaml parameters.p "p: {type: string}" UserParameterMissing: resources.a<text>: The Parameter (p) was not provided.',
    ])
    expect(told(around('null'))[0]).to.contain('Template format version not found.')
  })

  it('names the circle of templates that contain each other', () => {
    const page = (inner: string) =>
      JSON.stringify({ heat_template_version: '2018-08-31', resources: { r: { type: inner } } })
    const files = {
      'a.yaml': page('b.yaml'),
      'b.yaml': page('a.yaml'),
      'c.yaml': page('d.yaml'),
      'd.yaml': page('e.yaml'),
      'e.yaml': page('f.yaml'),
      'f.yaml': page('OS::Heat::None'),
    }
    expect(told(page('a.yaml'), files)).to.deep.equal([
      'b.yaml  "undefined" RequestLimitExceeded: resources.r<a.yaml>.resources.r<b.yaml>.resources.r<a.yaml>.resources.r<b.yaml>: Request limit exceeded: Recursion depth exceeds 3. The templates contain each other: b.yaml -> a.yaml -> b.yaml',
    ])
    expect(told(page('c.yaml'), files)[0]).to.match(/Recursion depth exceeds 3\.$/)
  })
})
