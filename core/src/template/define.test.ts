import { expect } from 'chai'
import type { Json, JsonMap } from '../plugin/json.js'
import { emptiedTemplate, emptyTemplate } from './definition.js'
import { environmentOf } from './environment/environment.js'
import { plainFormats } from './formats/index.js'
import { defined, refused } from './kit.test.js'

const value = (properties: Json = { value: 1 }, more: JsonMap = {}): JsonMap => ({
  type: 'OS::Heat::Value',
  properties,
  ...more,
})
const refusal = (template: JsonMap) => refused(() => defined(template))
const withResource = (r: Json) => refusal({ resources: { r } })

describe('a template', () => {
  it('names its version', () => {
    expect(defined({ heat_template_version: 'rocky' }).version.name).to.equal('2018-08-31')
    expect(refusal({ heat_template_version: 5 })).to.equal(
      'InvalidTemplateVersion: The template version is invalid: Template version was not provided (expected heat_template_version to be text)',
    )
    expect(refusal({ heat_template_version: '2012-12-12' })).to.equal(
      'InvalidTemplateVersion: The template version is invalid: "heat_template_version: 2012-12-12". "heat_template_version" should be one of: 2013-05-23, 2014-10-16, 2015-04-30, 2015-10-15, 2016-04-08, 2016-10-14, 2017-02-24, 2017-09-01, 2018-03-02, 2018-08-31, 2021-04-16, newton, ocata, pike, queens, rocky, wallaby',
    )
    expect(refusal({ AWSTemplateFormatVersion: '2010-09-09' })).to.contain('Ambiguous versions')
    expect(refused(() => defined({ heat_template_version: null, HeatTemplateFormatVersion: '2010-09-09' }))).to.contain(
      '"HeatTemplateFormatVersion: 2010-09-09". "HeatTemplateFormatVersion" should be: 2012-12-12',
    )
    expect(plainFormats.list()).to.deep.include({
      version: 'heat_template_version.2016-10-14',
      type: 'hot',
      aliases: ['heat_template_version.newton'],
    })
  })

  it('has known sections', () => {
    expect(refusal({ resource: {} })).to.equal('The template section is invalid: resource (did you mean resources?)')
    expect(refusal({ heat_template_version: '2015-10-15', conditions: {} })).to.equal(
      'The template section is invalid: conditions (it came with heat_template_version 2016-10-14)',
    )
    expect(defined({ resources: null, outputs: null, parameters: null, description: null }).description).to.equal(
      'No description',
    )
    expect(refusal({ resources: 'x' })).to.contain("Found a [<class 'str'>] instead")
    expect(refusal({ parameters: ['x'] })).to.contain('parameters: The parameters must be a map of parameters.')
  })

  const keys: [Json, string][] = [
    [null, 'Each resource must contain a type key.'],
    ['x', '"resources" must contain a map of resource maps. Found a [<class \'str\'>] instead'],
    [{}, 'Each resource must contain a type key.'],
    [{ type: null }, 'Each Resource must contain a Type key.'],
    [{ type: 5 }, 'Resource r type type must be string'],
    [
      { type: 'X', propertes: {} },
      '"propertes" is not a valid keyword inside a resource definition (did you mean properties?)',
    ],
    [value(null), 'Resource r properties type must be object'],
    [value({ get_param: 'x' }), 'Resource r properties type must be object'],
    [value({}, { metadata: [] }), 'Resource r metadata type must be object'],
    [value({}, { depends_on: 5 }), 'Resource r depends_on type must be list or string'],
    [value({}, { depends_on: [5] }), 'Resource r depends_on must be a list of strings'],
    [value({}, { deletion_policy: 'Keep' }), 'Invalid deletion policy "Keep"; expected Delete, Retain, Snapshot'],
    [value({}, { description: 5 }), 'Resource r description type must be string'],
    [value({}, { condition: null }), 'Resource r condition type must be string_or_boolean'],
    [value({}, { condition: 'nope' }), 'resources.r.condition: Invalid condition "nope" (there is none)'],
    [
      value({}, { external_id: 'x', depends_on: 'q' }),
      'InvalidExternalResourceDependency: Invalid dependency with external OS::Heat::Value resource: x',
    ],
    [value({}, { external_id: 5 }), 'Resource r external_id type must be string'],
    [
      value({}, { external_id: { get_resource: 'r' } }),
      'InvalidTemplateReference: The specified reference "r" (in unknown) is incorrect.',
    ],
    [
      value({ value: 1 }, { deletion_policy: 'snapshot' }),
      'resources.r.deletion_policy: "Snapshot" deletion policy not supported',
    ],
    [
      value({ value: 1 }, { update_policy: { rolling_update: {} } }),
      'Property error: resources.r.update_policy: Unknown Property rolling_update (there is none)',
    ],
    [
      value({ value: { str_replace: 5 } }),
      'resources.r.properties.value.str_replace: Arguments to "str_replace" must be a map',
    ],
    [
      { type: 'OS::Heat::Valu' },
      'The Resource Type (OS::Heat::Valu) could not be found. Did you mean OS::Heat::Value?',
    ],
    [{ type: 'X' }, 'The Resource Type (X) could not be found.'],
    [value({}), 'Property error: resources.r.properties: Property value not assigned'],
    [
      value({ value: 1, zzzzzz: 1 }),
      'Property error: resources.r.properties: Unknown Property zzzzzz (expected value, type)',
    ],
    [
      value({ value: 1, type: 'x' }),
      'Property error: resources.r.properties.type: "x" is not an allowed value ["string", "number"]',
    ],
    [
      value({ value: 1, type: { get_parm: 'x' } }),
      "Property error: resources.r.properties.type: Value must be a string; got {'get_parm': 'x'} (did you mean the function get_param?)",
    ],
    [
      value({ value: 1 }, { depends_on: 'q' }),
      'InvalidTemplateReference: The specified reference "q" (in r) is incorrect.',
    ],
    [
      value({ value: 1 }, { metadata: { a: [{ get_resource: 'q' }] } }),
      'InvalidTemplateReference: The specified reference "q" (in r.Metadata.a[0]) is incorrect.',
    ],
    [
      value({ value: 1 }, { depends_on: 'r' }),
      'CircularDependencyException: Circular Dependency Found: {Value "r": {Value "r"}} (r requires r)',
    ],
  ]
  for (const [resource, text] of keys) {
    it(`refuses a resource ${JSON.stringify(resource)}`, () => expect(withResource(resource)).to.equal(text))
  }

  it('refuses other things', () => {
    expect(refusal({ resources: { 'a/b': value() } })).to.equal('Resource name may not contain "/"')
    for (const name of ['', '.', '..', 'x'.repeat(256)]) {
      expect(refusal({ resources: { [name]: value() } })).to.match(
        /^Resource name ".*" is not allowed; expected 1 to 255/,
      )
    }
    expect(refusal({ parameters: { r: { type: 'string', default: '' } }, resources: { r: value() } })).to.equal(
      "Duplicate names {'r'}",
    )
    expect(refused(() => defined({ resources: { a: value(), b: value() } }, { maxResources: 1 }))).to.equal(
      'RequestLimitExceeded: Request limit exceeded: Maximum resources per stack exceeded.',
    )
    expect(refusal({ heat_template_version: '2015-10-15', resources: { r: value({}, { condition: true }) } })).to.equal(
      'Invalid keyword(s) inside a resource definition: condition (it came with heat_template_version 2016-10-14)',
    )
    expect(refused(() => defined({}, { environment: environmentOf({ resource_registry: { 'A::B': 5 } }) }))).to.contain(
      'environment.resource_registry.A::B: ',
    )
    expect(refused(() => defined({}, { environment: environmentOf({ event_sinks: [{ type: 'x' }] }) }))).to.contain(
      'event_sinks[0]',
    )
  })

  it('refuses text that cannot be stored, wherever it stands', () => {
    const why = 'It has text that cannot be stored: a NUL character, or half of a surrogate pair'
    const resources = (x: Json) => ({ resources: { r: value({ value: { a: ['ok', x] } }) } })
    expect(refusal(resources('a\0'))).to.equal(`resources.r.properties.value.a[1]: ${why}`)
    expect(refusal(resources({ 'k\ud800': 1 }))).to.equal(`resources.r.properties.value.a[1]: ${why}`)
    // A function makes it.
    const made = { yaql: { expression: "$.data + '\\x00'", data: 'x' } }
    expect(refusal(resources(made))).to.equal(`resources.r.properties.value.a[1]: ${why}`)
    expect(refusal({ resources: { r: value({ value: 1 }, { metadata: { m: made } }) } })).to.contain(
      `metadata.m: ${why}`,
    )
    const environment = environmentOf({ parameter_defaults: { p: { q: '\udc00' } } })
    expect(refused(() => defined({}, { environment }))).to.equal(`environment.parameter_defaults.p.q: ${why}`)
    expect(refused(() => defined({}, { files: { 'x.sh': '\0' } }))).to.equal(`files.x.sh: ${why}`)
    expect(defined(resources('\u{1f600}')).resources.size).to.equal(1)
  })

  it('names a cycle, however long the way to it', () => {
    const reference = (name: string) => value({ value: { get_resource: name } })
    expect(refusal({ resources: { a: reference('b'), b: reference('c'), c: reference('b'), d: value() } })).to.equal(
      'CircularDependencyException: Circular Dependency Found: {Value "a": {Value "b"}, Value "b": {Value "c"}, Value "c": {Value "b"}} (b requires c requires b)',
    )
    const chain: JsonMap = {}
    for (let i = 0; i < 20_000; i++) chain[`r${i}`] = reference(`r${i + 1}`)
    chain['r20000'] = value()
    expect(defined({ resources: chain }).inOrder()[0]).to.equal('r20000')
  })

  it('needs no types and no checks when it was valid before', () => {
    expect(defined({ resources: { r: value() } }, { validate: false }).resources.size).to.equal(1)
    expect(defined({ resources: { r: { type: 'Gone' } } }, { validate: false }).resources.get('r')?.type).to.equal(
      'Gone',
    )
  })

  it('leaves the emptied and the empty template', () => {
    const definition = defined({
      description: 'd',
      parameters: { p: { type: 'string', default: 'x' } },
      resources: { r: value() },
      outputs: { o: { value: 1 } },
    })
    expect(emptyTemplate(definition).content).to.deep.equal({ heat_template_version: '2021-04-16' })
    expect(Object.keys(emptiedTemplate(definition).content)).to.deep.equal([
      'heat_template_version',
      'description',
      'parameters',
    ])
  })
})
