import { expect } from 'chai'
import type { Json, JsonMap } from '../../plugin/json.js'
import { defined, placeholders, refused } from '../kit.test.js'

/** Versions of HOT in the order of the columns, each with the code name that Heat gives it. */
const versions = [
  ['2013-05-23'],
  ['2014-10-16'],
  ['2015-04-30'],
  ['2015-10-15'],
  ['2016-04-08'],
  ['2016-10-14', 'newton'],
  ['2017-02-24', 'ocata'],
  ['2017-09-01', 'pike'],
  ['2018-03-02', 'queens'],
  ['2018-08-31', 'rocky'],
  ['2021-04-16', 'wallaby'],
] as const

const resource = (more: JsonMap): JsonMap => ({
  resources: { o: { type: 'OS::Heat::None' }, r: { type: 'OS::Heat::None', ...more } },
})
const property = (value: Json): JsonMap => resource({ properties: { value } })
const parameter = (more: JsonMap): JsonMap => ({ parameters: { p: { type: 'number', default: 2, ...more } } })
const constraint = (one: Json): JsonMap => parameter({ constraints: [one] })
const conditional = (condition: Json): JsonMap => ({ conditions: { c: condition }, ...resource({ condition: 'c' }) })

/** What a template may have, Heat's table of where: `x` taken, `-` refused; and what is said where it is refused. */
const features: readonly (readonly [what: string, row: string, template: JsonMap, message?: string])[] = [
  ['description, and nothing else', 'xxxxxxxxxxx', { description: 'd' }],
  ['parameter_groups', 'xxxxxxxxxxx', { ...parameter({}), parameter_groups: [{ label: 'l', parameters: ['p'] }] }],
  ['conditions', '-----xxxxxx', { conditions: { a: true } }, 'The template section is invalid: conditions'],
  ['properties, metadata, depends_on', 'xxxxxxxxxxx', resource({ properties: {}, metadata: {}, depends_on: ['o'] })],
  ['deletion_policy', 'xxxxxxxxxxx', resource({ deletion_policy: 'Retain' })],
  [
    'deletion_policy in lower case',
    '-----xxxxxx',
    resource({ deletion_policy: 'retain' }),
    'Invalid deletion policy "retain"',
  ],
  ['update_policy', 'xxxxxxxxxxx', resource({ update_policy: {} })],
  ['description of a resource', 'xxxxxxxxxxx', resource({ description: 'd' })],
  [
    'condition of a resource',
    '-----xxxxxx',
    resource({ condition: true }),
    'Invalid keyword(s) inside a resource definition: condition',
  ],
  [
    'external_id',
    '-----xxxxxx',
    resource({ external_id: 'x' }),
    'Invalid keyword(s) inside a resource definition: external_id',
  ],
  [
    'parameter: label, hidden, immutable, schema',
    'xxxxxxxxxxx',
    parameter({ label: 'l', hidden: true, immutable: true, schema: {} }),
  ],
  ['parameter: tags', '--------xxx', parameter({ tags: ['t'] }), "Invalid key 'tags' for parameter (p)"],
  ['constraint: range', 'xxxxxxxxxxx', constraint({ range: { min: 1 } })],
  ['constraint: allowed_values', 'xxxxxxxxxxx', constraint({ allowed_values: [2] })],
  ['constraint: modulo', '------xxxxx', constraint({ modulo: { step: 2, offset: 0 } }), 'No constraint expressed'],
  [
    'get_attr of the name alone',
    '---xxxxxxxx',
    property({ get_attr: ['o'] }),
    'must be of the form [resource_name, attribute, (path), ...]',
  ],
  [
    'list_join of several lists',
    '---xxxxxxxx',
    property({ list_join: ['', ['a'], ['b']] }),
    'Incorrect arguments to "list_join"',
  ],
  [
    'list_join of maps',
    '---xxxxxxxx',
    property({ list_join: ['', [{ a: 1 }]] }),
    "Items to join must be strings not {'a': 1}",
  ],
  [
    'str_replace by lists',
    '---xxxxxxxx',
    property({ str_replace: { template: 'x', params: { x: [1] } } }),
    '"str_replace" params must be strings or numbers, param x is not valid',
  ],
  ['repeat over lists', '  xxxxxxxxx', property({ repeat: { template: 'x', for_each: { x: ['a'] } } })],
  [
    'repeat over maps',
    '  ---xxxxxx',
    property({ repeat: { template: 'x', for_each: { x: { a: 1 } } } }),
    'must be lists',
  ],
  ['if with an else', '     xxxxxx', property({ if: [true, 1, 2] })],
  ['if without an else', '     -----x', property({ a: { if: [true, 1] } }), 'Arguments to "if" must be of the form'],
  [
    'equals, not, and, or of conditions',
    '     xxxxxx',
    conditional({ and: [{ not: false }, { or: [true, { equals: [1, 1] }] }] }),
  ],
  [
    'contains in a condition',
    '     --xxxx',
    conditional({ contains: ['a', ['a']] }),
    'The function "contains" came in conditions',
  ],
  [
    'yaql in a condition',
    '     --xxxx',
    conditional({ yaql: { expression: 'true' } }),
    'The function "yaql" came in conditions',
  ],
]

describe('a feature of HOT', () => {
  for (const [what, row, template, message = 'never'] of features) {
    it(`is there from its version on, and refused before with the name of it: ${what}`, () => {
      const [brought = ''] = versions[row.indexOf('x')] ?? []
      versions.forEach((names, column) => {
        for (const heat_template_version of names) {
          const work = () =>
            defined({ heat_template_version, ...template })
              .resources.get('r')
              ?.resolveProperties(placeholders)
          if (row[column] === 'x') expect(work, heat_template_version).not.to.throw()
          else if (row[column] === '-') {
            expect(refused(work), heat_template_version)
              .to.contain(message)
              .and.to.match(new RegExp(`came (in conditions )?with heat_template_version ${brought}`))
          }
        }
      })
    })
  }

  it('is ignored, as in Heat, where the key of an output is not known', () => {
    for (const [heat_template_version] of versions) {
      const { outputs } = defined({ heat_template_version, outputs: { o: { value: 1, condition: false, other: 2 } } })
      const shown = outputs.get('o')?.resolve(placeholders).value
      expect(shown, heat_template_version).to.equal(heat_template_version < '2016-10-14' ? 1 : null)
    }
  })
})

/** The same for CloudFormation's two formats: under the name of AWS, and under Heat's own. */
const cfn: readonly (readonly [what: string, row: string, template: JsonMap, message?: string])[] = [
  ['Description', 'xx', { Description: 'd' }],
  ['Mappings', 'xx', { Mappings: { m: { a: { b: 1 } } } }],
  [
    'Conditions',
    'x-',
    { Conditions: { c: { 'Fn::Equals': [1, 1] } } },
    'The template section is invalid: Conditions (expected Description, Parameters, Mappings, Resources, Outputs)',
  ],
  ['parameter_groups', '--', { parameter_groups: [] }, 'The template section is invalid: parameter_groups'],
  ['Fn::If', 'x-', { Outputs: { o: { Value: { 'Fn::If': [true, 1, 2] } } } }, 'There is no function "Fn::If"'],
  ['Fn::GetAZs', 'xx', { Outputs: { o: { Value: { 'Fn::GetAZs': '' } } } }],
  ['Fn::Sub', '--', { Outputs: { o: { Value: { 'Fn::Sub': 'x' } } } }, 'There is no function "Fn::Sub"'],
  ['get_param, which is data', 'xx', { Outputs: { o: { Value: { get_param: 'nothing' } } } }],
  [
    'keys of a resource',
    'xx',
    {
      Resources: {
        o: { Type: 'OS::Heat::None' },
        r: {
          Type: 'OS::Heat::None',
          Properties: {},
          Metadata: {},
          DependsOn: 'o',
          DeletionPolicy: 'Delete',
          UpdatePolicy: {},
          Description: '',
        },
      },
    },
  ],
  [
    'MinValue, AllowedPattern, NoEcho',
    'xx',
    { Parameters: { p: { Type: 'Number', Default: 1, MinValue: 1, NoEcho: true } } },
  ],
  ['hidden', '--', { Parameters: { p: { Type: 'Number', Default: 1, hidden: true } } }, "Invalid key 'hidden'"],
]

describe("a feature of CloudFormation's formats", () => {
  for (const [what, row, template, message = 'never'] of cfn) {
    it(`is there, or refused: ${what}`, () => {
      const keys: JsonMap[] = [{ AWSTemplateFormatVersion: '2010-09-09' }, { HeatTemplateFormatVersion: '2012-12-12' }]
      keys.forEach((key, column) => {
        const work = () => defined({ heat_template_version: null, ...key, ...template })
        if (row[column] === 'x') expect(work, row).not.to.throw()
        else expect(refused(work)).to.contain(message)
      })
    })
  }

  it('is ignored, as in Heat, where the condition of a resource or of an output is not known', () => {
    const template = {
      Resources: { r: { Type: 'OS::Heat::None', Condition: 'none' } },
      Outputs: { o: { Value: 1, Condition: 'none' } },
    }
    const key = { heat_template_version: null, HeatTemplateFormatVersion: '2012-12-12' }
    expect(defined({ ...key, ...template }).resources.has('r')).to.equal(true)
    expect(
      defined({ ...key, ...template })
        .outputs.get('o')
        ?.resolve(placeholders).value,
    ).to.equal(1)
    expect(
      refused(() => defined({ heat_template_version: null, AWSTemplateFormatVersion: '2010-09-09', ...template })),
    ).to.contain('Invalid condition "none"')
  })
})
