import { expect } from 'chai'
import type { Json, JsonMap } from '../../plugin/json.js'
import { Unknown } from '../../plugin/schema.js'
import { TemplateError, type TemplateFormat, type TemplateVersion } from '../../plugin/template-format.js'
import { environmentOf } from '../environment/environment.js'
import { templateFunctions } from '../functions/index.js'
import { defined, placeholders, refused } from '../kit.test.js'
import { plainLanguage } from '../language.js'
import { mergeEnvironments } from '../environment/merge-environments.js'
import { parseTemplateText } from '../reading/parse.js'
import { flawOf, Formats, ownFormats, ownVersion } from './index.js'

/** A small language built on HOT: other words, some functions under shorter names, and one of its own. */
function small(changes: Partial<TemplateVersion> = {}): TemplateFormat {
  const hot = ownVersion('heat_template_version', '2021-04-16')
  const data = hot.functions('data')
  const version: TemplateVersion = {
    ...hot,
    name: 'one',
    aliases: ['first'],
    words: {
      ...hot.words,
      sections: { ...hot.words.sections, parameters: 'in', resources: 'make', outputs: 'out', conditions: undefined },
      resource: { ...hot.words.resource, type: 'a', properties: 'with', condition: undefined },
    },
    functions: where =>
      where === 'condition'
        ? new Map()
        : new Map([
            ['$', data.get('get_param') as never],
            ['@', data.get('get_attr') as never],
            ['shout', { description: 'Raises its voice.', evaluate: shout }],
          ]),
    parameter: (name, declared) => {
      if (typeof declared !== 'string') throw new TemplateError(`The parameter ${name} is declared by its type`)
      return hot.parameter(name, { type: declared })
    },
    pseudoParameters: ({ name }) => new Map([['stack', name]]),
    ...changes,
  }
  return { key: 'small', type: 'small', versions: [version] }
}

function shout(args: Json): Json {
  if (typeof args !== 'string') throw new TemplateError('only text can be shouted')
  return args.toUpperCase()
}

const language = { ...plainLanguage, formats: new Formats([...ownFormats, small()]) }
const text = `
small: one
in: {who: string}
make:
  a: {a: OS::Heat::Value, with: {value: {shout: {$: who}}}}
  b: {a: OS::Heat::Value, with: {value: {shout: {'@': [a, value]}}}}
out: {said: {value: {$: stack}}}
`
const template = (): JsonMap => parseTemplateText(text, { maxSize: 1000, formats: language.formats })
const environment = environmentOf({ parameters: { who: 'world' } })
const made = (changed: JsonMap = {}) =>
  defined({ heat_template_version: null, ...template(), ...changed }, { language, environment })

describe('a format of templates that a plugin brings', () => {
  it('has words, functions, parameters and pseudo parameters of its own', () => {
    const definition = made()
    const value = (name: string, scope = placeholders) => definition.resources.get(name)?.resolveProperties(scope).value
    expect(value('a')).to.equal('WORLD')
    expect(value('b', { ...placeholders, attribute: () => 'hm' })).to.equal('HM')
    expect(value('b', { ...placeholders, attribute: () => new Unknown() })).to.satisfy(Unknown.is)
    expect(definition.resources.get('b')?.requires).to.deep.equal(['a'])
    expect(definition.outputs.get('said')?.resolve(placeholders)).to.deep.equal({ value: 'teststack' })
  })

  it('is known by its key, in text too, and listed with its versions and functions', () => {
    expect(language.formats.versionOf({ small: 'first' }).name).to.equal('one')
    expect(refused(() => language.formats.versionOf({ small: 'two' }))).to.contain(
      '"small" should be one of: one, first',
    )
    expect(refused(() => language.formats.versionOf({ small: 'one', heat_template_version: 'rocky' }))).to.contain(
      'Ambiguous versions (heat_template_version, small)',
    )
    expect(refused(() => parseTemplateText(text, { maxSize: 1000 }))).to.contain('Template format version not found.')
    expect(language.formats.list()).to.deep.include({ version: 'small.one', type: 'small', aliases: ['small.first'] })
    const version = language.formats.find('small.first')
    expect(version && templateFunctions(version, true)).to.deep.include({
      functions: 'shout',
      description: 'Raises its voice.',
    })
  })

  it('says in its own words, and with the place, what is wrong', () => {
    const value = (one: Json) => ({ make: { a: { a: 'OS::Heat::Value', with: { value: one } } } })
    expect(refused(() => made(value({ shout: [1] })))).to.equal(
      'Property error: resources.a.properties.value: only text can be shouted'.replace(
        'resources.a.properties',
        'make.a.with',
      ),
    )
    expect(refused(() => made({ in: { who: 5 } }))).to.equal(
      'InvalidSchemaError: The parameter who is declared by its type',
    )
    expect(refused(() => made({ conditions: {} }))).to.contain('The template section is invalid: conditions')
    expect(refused(() => made({ make: { a: { type: 'OS::Heat::Value' } } }))).to.contain('type')
  })

  it('takes part in merges of environments, by the types that it declares', () => {
    const merged = mergeEnvironments({
      parameters: { who: 'a' },
      environment: {},
      environmentFiles: ['e'],
      files: { e: '{"parameters": {"who": "b"}, "parameter_merge_strategies": {"who": "merge"}}' },
      template: { ...template(), in: { who: { type: 'string' } } },
      limits: { formats: language.formats },
    })
    expect(merged.parameters).to.deep.equal({ who: 'ab' })
  })

  it('has functions that cannot outgrow memory', () => {
    const grow = { description: 'Grows.', evaluate: (args: Json) => [args, args, args, args] }
    const formats = new Formats([...ownFormats, small({ functions: () => new Map([['grow', grow]]) })])
    let value: Json = 'x'.repeat(64)
    for (let level = 0; level < 20; level++) value = { grow: value }
    const grown = () =>
      defined(
        { heat_template_version: null, small: 'one', make: { a: { a: 'OS::Heat::Value', with: { value } } } },
        { language: { ...plainLanguage, formats } },
      )
    expect(refused(grown)).to.contain('"grow" makes the value too large')
  })

  it('is refused when it is loaded if no template could be told by it', () => {
    const flaw = (format: Partial<TemplateFormat>) => flawOf({ ...small(), ...format })
    const { words } = ownVersion('heat_template_version', '2013-05-23')
    expect(flaw({})).to.equal(undefined)
    expect(flaw({ key: 'a.b' })).to.contain("'a.b'")
    expect(flaw({ type: 'Small' })).to.contain("'Small'")
    expect(flaw({ versions: [] })).to.contain('no version')
    expect(flaw({ versions: [...small().versions, ...small().versions] })).to.contain("name 'one'")
    expect(flaw({ versions: small({ like: '2013' as never }).versions })).to.contain("like '2013'")
    const twice = { ...words, sections: { ...words.sections, outputs: 'resources' } }
    expect(flaw({ versions: small({ words: twice }).versions })).to.contain("two sections are called 'resources'")
    for (const format of ownFormats) expect(flawOf(format), format.key).to.equal(undefined)
  })
})
