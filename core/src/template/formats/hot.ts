import type {
  HotVersion,
  NamedStack,
  TemplateFormat,
  TemplateVersion,
  TemplateWords,
} from '../../plugin/template-format.js'
import { hotFunctions } from '../functions/hot.js'
import { hotParameter } from '../parameters/schema.js'
import { dates } from './dates.js'

const key = 'heat_template_version'

const aliases: Readonly<Partial<Record<HotVersion, string>>> = {
  '2016-10-14': 'newton',
  '2017-02-24': 'ocata',
  '2017-09-01': 'pike',
  '2018-03-02': 'queens',
  '2018-08-31': 'rocky',
  '2021-04-16': 'wallaby',
}

const wordsOf = (later: boolean): TemplateWords => ({
  sections: {
    description: 'description',
    parameters: 'parameters',
    groups: 'parameter_groups',
    mappings: undefined,
    conditions: later ? 'conditions' : undefined,
    resources: 'resources',
    outputs: 'outputs',
  },
  resource: {
    type: 'type',
    properties: 'properties',
    metadata: 'metadata',
    dependsOn: 'depends_on',
    deletionPolicy: 'deletion_policy',
    updatePolicy: 'update_policy',
    description: 'description',
    condition: later ? 'condition' : undefined,
    externalId: later ? 'external_id' : undefined,
  },
  output: { value: 'value', description: 'description', condition: later ? 'condition' : undefined },
  parameterType: 'type',
  resourcesMap: '"resources" must contain a map of resource maps.',
  lenient: false,
})

const pseudoParameters = (stack: NamedStack): ReadonlyMap<string, string> =>
  new Map([
    ['OS::project_id', stack.project],
    ['OS::stack_id', stack.id ?? 'None'],
    ['OS::stack_name', stack.name],
  ])

function versionOn(date: HotVersion): TemplateVersion {
  const since = (other: HotVersion): boolean => date >= other
  const alias = aliases[date]
  return {
    name: date,
    aliases: alias === undefined ? [] : [alias],
    words: wordsOf(since('2016-10-14')),
    like: date,
    functions: hotFunctions(date),
    parameter: (name, declared) => hotParameter(name, declared, since),
    pseudoParameters,
  }
}

/** The language of Heat (heat/engine/hot). */
export const hot: TemplateFormat = { key, type: 'hot', versions: dates.map(versionOn) }
