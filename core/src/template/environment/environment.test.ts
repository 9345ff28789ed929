import { expect } from 'chai'
import fc from 'fast-check'
import type { JsonMap } from '../../plugin/json.js'
import { environmentOf, overlayEnvironment, parseEnvironmentText } from './environment.js'
import { refused } from '../kit.test.js'
import { mergeEnvironments } from './merge-environments.js'

const limits = { maxDepth: 100 }

describe('an environment', () => {
  it('has known sections of known shapes', () => {
    const refusal = (text: string) => refused(() => parseEnvironmentText(text, limits))
    const prefix = 'HTTPBadRequest: Environment not in valid format: '
    expect(parseEnvironmentText('', limits)).to.deep.equal({})
    expect(parseEnvironmentText('parameters: {a: 1}', limits)).to.deep.equal({ parameters: { a: 1 } })
    expect(refusal('[1]')).to.equal(`${prefix}The environment is not a valid YAML mapping data type.`)
    expect(refusal('params: {}')).to.contain(`${prefix}environment has wrong section "params"`)
    expect(refusal('parameter: {}')).to.equal(
      `${prefix}environment has wrong section "parameter" (did you mean parameters?)`,
    )
    expect(refusal('parameters:')).to.equal(`${prefix}environment has empty section "parameters"`)
    expect(refusal('parameters: 5')).to.equal(`${prefix}section "parameters" must be a map`)
    expect(refusal('event_sinks: {}')).to.equal(`${prefix}section "event_sinks" must be a list`)
    expect(refusal('a: [')).to.contain(prefix)
  })

  it('is completed, the request above it', () => {
    expect(environmentOf({ parameters: { a: 1, b: 1 } }, { b: 2 })).to.deep.equal({
      parameters: { a: 1, b: 2 },
      parameter_defaults: {},
      resource_registry: { resources: {} },
      event_sinks: [],
      encrypted_param_names: [],
    })
  })

  it('is overlaid by a PATCH, after clearing', () => {
    const stored = environmentOf({ parameters: { a: 1, b: 1, c: 1 }, parameter_defaults: { d: 1 } })
    const given = environmentOf({ parameters: { b: 2 }, parameter_defaults: { e: 2 } })
    const { parameters, parameter_defaults } = overlayEnvironment(stored, given, ['c'])
    expect(parameters).to.deep.equal({ a: 1, b: 2 })
    expect(parameter_defaults).to.deep.equal({ d: 1, e: 2 })
  })

  it('keeps what its registry says of resources when a PATCH says nothing of them', () => {
    const stored = environmentOf({ resource_registry: { A: 'B', resources: { a: { hooks: 'pre-create' } } } })
    const registry = (section: JsonMap) =>
      overlayEnvironment(stored, environmentOf({ resource_registry: section })).resource_registry
    expect(registry({ C: 'D' })).to.deep.equal({ A: 'B', C: 'D', resources: { a: { hooks: 'pre-create' } } })
    expect(registry({ resources: { b: {} } })).to.deep.equal({ A: 'B', resources: { b: {} } })
  })
})

describe('several environment files', () => {
  const template: JsonMap = {
    heat_template_version: '2018-08-31',
    parameters: {
      s: { type: 'string' },
      n: { type: 'number' },
      l: { type: 'comma_delimited_list' },
      j: { type: 'json' },
    },
  }
  const merged = (parameters: JsonMap, ...files: string[]) =>
    mergeEnvironments({
      parameters,
      environment: { parameters: { ignored: 1 } },
      environmentFiles: files.map((_, index) => `f${index}`),
      files: Object.fromEntries(files.map((text, index) => [`f${index}`, text])),
      template,
      limits,
    }).parameters

  it('are laid over the request, in order', () => {
    expect(merged({ s: 'request' }, 'parameters: {s: file}')).to.deep.equal({ s: 'file' })
    expect(merged({}, 'parameters: {s: one, unknown: 1}', 'parameters: {s: two, other: 2, n: null}')).to.deep.equal({
      s: 'two',
      unknown: 1,
    })
  })

  it('merge by strategy', () => {
    const first = 'parameters: {s: a, l: [x], j: {k: [1], t: u}}\n'
    const merge = 'parameter_merge_strategies: {default: merge}\nparameters: {s: b, l: [y], j: {m: 1, t: null}}\n'
    expect(merged({}, first, merge)).to.deep.equal({ s: 'ab', l: ['x', 'y'], j: { k: [1], t: 'u', m: 1 } })
    const deep = 'parameter_merge_strategies: {j: deep_merge}\nparameters: {j: {k: [2], t: v}}\n'
    expect(merged({ j: { k: [1], t: 'u' } }, deep)).to.deep.equal({ j: { k: [1, 2], t: 'uv' } })
    expect(merged({ l: 'x' }, 'parameter_merge_strategies: {l: merge}\nparameters: {l: "y,z"}')).to.deep.equal({
      l: 'x,y,z',
    })
  })

  it('may give parameters that only templates among the files declare', () => {
    const web = 'heat_template_version: 2018-08-31\nparameters: {inner: {type: comma_delimited_list}, s: {type: json}}'
    const one = 'parameter_defaults: {inner: "1", s: a}'
    const two = 'parameter_merge_strategies: {default: merge}\nparameter_defaults: {inner: "2", s: b, unknown: 1}'
    const { parameter_defaults } = mergeEnvironments({
      parameters: {},
      environment: {},
      environmentFiles: ['one', 'two'],
      files: { one, two, 'web.yaml': web, script: 'echo: {', note: 'heat' },
      template,
      limits,
    })
    expect(parameter_defaults).to.deep.equal({ inner: '1,2', s: 'ab' })
  })

  it('refuse what cannot be merged', () => {
    expect(refused(() => merged({ n: 1 }, 'parameter_merge_strategies: {n: merge}\nparameters: {n: 2}'))).to.equal(
      'HTTPBadRequest: Environment not in valid format: Invalid parameter in environment . (numbers and booleans are not merged; expected overwrite as their strategy)',
    )
    const one = 'parameter_merge_strategies: {s: merge}\nparameters: {s: a}'
    const two = 'parameter_merge_strategies: {s: overwrite}\nparameters: {s: b}'
    expect(refused(() => merged({ s: 'x' }, one, two))).to.equal(
      "ConflictingMergeStrategyForParam: Conflicting merge strategy 'overwrite' for parameter 's' in file 'f1'.",
    )
    expect(
      refused(() =>
        mergeEnvironments({ parameters: {}, environment: {}, environmentFiles: ['x'], files: {}, template, limits }),
      ),
    ).to.contain('environment file "x" is not in files')
  })
})

describe('environments, whatever is in them', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'A::B', 'resources', '__proto__', 'constructor')
  const value = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.array(fc.string()),
    fc.dictionary(name, fc.string()),
  )
  const values = fc.dictionary(name, value)
  const registry = fc.dictionary(fc.constantFrom('A::B', 'A::*', '__proto__'), fc.constantFrom('C::D', 'x.yaml'))
  const sections = fc.record(
    {
      parameters: values,
      parameter_defaults: values,
      resource_registry: registry,
      event_sinks: fc.array(fc.record({ type: fc.string() })),
      encrypted_param_names: fc.uniqueArray(name),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<JsonMap>
  const asStored = (environment: object): JsonMap => JSON.parse(JSON.stringify(environment)) as JsonMap

  it('come back from a row, and from a text, as they were', () =>
    fc.assert(
      fc.property(sections, given => {
        const environment = environmentOf(given)
        expect(environmentOf(asStored(environment))).to.deep.equal(environment)
        expect(environmentOf(parseEnvironmentText(JSON.stringify(given), limits))).to.deep.equal(environment)
      }),
    ))

  it('stay as they are under a PATCH that says nothing, and are what it says where it says something', () =>
    fc.assert(
      fc.property(sections, sections, (before, after) => {
        const stored = environmentOf(before)
        expect(overlayEnvironment(asStored(stored), environmentOf({}))).to.deep.equal(stored)
        const given = environmentOf(after)
        const overlaid = overlayEnvironment(asStored(stored), given)
        expect(overlaid.parameters).to.include(given.parameters)
        expect(overlayEnvironment(asStored(overlaid), given)).to.deep.equal(overlaid)
        const cleared = overlayEnvironment(asStored(stored), undefined, Object.keys(stored.parameters))
        expect(cleared).to.deep.equal({ ...stored, parameters: {} })
      }),
    ))

  it('of one file are what it says, and of a file twice what it says once', () =>
    fc.assert(
      fc.property(sections, given => {
        const text = JSON.stringify(given)
        const merge = (...files: readonly string[]) =>
          mergeEnvironments({
            parameters: {},
            environment: {},
            environmentFiles: files,
            files: { one: text, same: text },
            template: { heat_template_version: '2018-08-31' },
            limits,
          })
        expect(merge('one')).to.deep.equal(environmentOf(given))
        expect(merge('one', 'same')).to.deep.equal(merge('one'))
      }),
    ))
})
