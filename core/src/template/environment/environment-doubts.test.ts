import { expect } from 'chai'
import { HearthError } from '../../errors.js'
import type { JsonMap } from '../../plugin/json.js'
import { validateTemplate } from '../describe.js'
import { environmentOf } from './environment.js'
import { types } from '../kit.test.js'
import { mergeEnvironments } from './merge-environments.js'

const template: JsonMap = {
  heat_template_version: '2018-08-31',
  parameters: { size: { type: 'string', default: 'x' }, count: { type: 'number', default: 1 } },
  resources: { web: { type: 'OS::Heat::None' } },
}
const files = {
  'in.yaml': JSON.stringify({ heat_template_version: '2018-08-31', parameters: { deep: { type: 'string' } } }),
}

/** What validate says of an environment: `path | words` of errors or, if there are none, of warnings. */
function told(environment: JsonMap): readonly string[] {
  const shown = ({ path, message }: { path: string; message: string }): string => `${path} | ${message}`
  try {
    const stack = { id: null, name: 'n', project: 'p' }
    const given = { template, environment: environmentOf(environment), files, types, stack }
    return validateTemplate(given).warnings.map(shown)
  } catch (error) {
    if (!HearthError.is(error)) throw error
    return (error.problems ?? []).map(shown)
  }
}

describe('an environment that says what has no effect', () => {
  it('is warned of names that nothing has', () => {
    expect(
      told({
        parameter_defaults: { siz: 1, size: 'y', deep: 'z' },
        encrypted_param_names: ['count', 'other'],
        resource_registry: {
          'My::A': 'OS::Heat::Non',
          'My::B': 'My::A',
          'My::C': 'inn.yaml',
          'My::D': 'in.yaml',
          'My::*': 'Your::*',
          'Your::E': 'OS::Heat::None',
          resources: { 'w?b': { hooks: 'pre-create' }, wib: {}, web: { hook: 'pre-create', 'A::B': 'OS::Heat::None' } },
        },
      }),
    ).to.deep.equal([
      'environment.encrypted_param_names[1] | The template has no parameter other, so nothing is kept secret by that (expected size, count)',
      'environment.parameter_defaults.siz | Neither the template nor any of the files has a parameter siz (did you mean size?)',
      'environment.resource_registry.My::A | OS::Heat::Non is neither a type nor a template file (did you mean OS::Heat::None?)',
      'environment.resource_registry.My::C | inn.yaml is not among the files of the request (did you mean in.yaml?)',
      'environment.resource_registry.resources.wib | The template has no resource wib (did you mean web?)',
      'environment.resource_registry.resources.web.hook | "hook" is taken for the name of a type; did you mean hooks?',
    ])
    expect(told({ parameters: { size: 'y' }, resource_registry: { 'A::B': 'OS::Heat::None' } })).to.deep.equal([])
  })

  it('is refused for all that is wrong in it at once, each with its place', () => {
    const registry = { 'A::B': 5, 'C::D': [], resources: { web: { hooks: 'pre', restricted_actions: 'x' }, b: 5 } }
    expect(
      told({ resource_registry: registry, encrypted_param_names: [5] }).map(line => line.split(' |')[0]),
    ).to.deep.equal([
      'environment.encrypted_param_names[0]',
      'environment.resource_registry.A::B',
      'environment.resource_registry.C::D',
      'environment.resource_registry.resources.web.hooks',
      'environment.resource_registry.resources.web.restricted_actions',
      'environment.resource_registry.resources.b',
    ])
  })
})

describe('strategies of merging', () => {
  const merged = (...all: JsonMap[]) => {
    const heard: string[] = []
    const texts = Object.fromEntries(all.map((one, index) => [`e${index}`, JSON.stringify(one)]))
    const work = () =>
      mergeEnvironments({
        parameters: {},
        environment: {},
        environmentFiles: Object.keys(texts),
        files: texts,
        template,
        limits: {},
        doubt: ({ file, path, message }) => heard.push(`${file} ${path} | ${message}`),
      })
    return { heard, work }
  }

  it('are warned of where they mean nothing', () => {
    const strategies = { size: 'mrge', siz: 'merge', default: 'x', count: 'overwrite' }
    const { heard, work } = merged({ parameters: { size: 'a' } }, { parameter_merge_strategies: strategies })
    work()
    expect(heard).to.deep.equal([
      'e1 parameter_merge_strategies.size | "mrge" is no strategy, and counts as the default one (did you mean merge?)',
      'e1 parameter_merge_strategies.siz | Neither the template nor any of the files has a parameter siz',
      'e1 parameter_merge_strategies.default | "x" is no strategy, and counts as overwrite (expected overwrite, merge, deep_merge)',
    ])
    const alone: string[] = []
    mergeEnvironments({
      parameters: {},
      environment: { parameter_merge_strategies: { size: 'merge' } },
      environmentFiles: [],
      files: {},
      template,
      limits: {},
      doubt: ({ path }) => alone.push(path),
    })
    expect(alone).to.deep.equal(['environment.parameter_merge_strategies'])
  })

  it('are refused with their place where they conflict, or cannot be', () => {
    const place = (...all: JsonMap[]) => {
      try {
        merged(...all).work()
      } catch (error) {
        if (HearthError.is(error)) return error.place
      }
      return undefined
    }
    const first = { parameters: { size: 'a', count: 1 } }
    const of = (strategies: JsonMap) => ({
      parameters: { size: 'b', count: 2 },
      parameter_merge_strategies: strategies,
    })
    expect(place(first, of({ size: 'merge' }), of({ size: 'overwrite' }))).to.deep.equal({
      file: 'e2',
      path: 'parameter_merge_strategies.size',
    })
    expect(place(first, of({ count: 'merge' }))).to.deep.equal({ file: 'e1', path: 'parameters.count' })
  })
})
