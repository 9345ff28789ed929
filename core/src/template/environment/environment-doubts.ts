import type { Json, JsonMap } from '../../plugin/json.js'
import type { TypeRegistry } from '../../resource/types.js'
import { declaredTypes, type DeclaringTemplates } from './declared-types.js'
import type { Environment } from './environment.js'
import { globs } from '../values/glob.js'
import { isMap } from '../values/maps.js'
import { str } from '../values/python.js'
import { isTemplateFile, pointKeys } from './resource-registry.js'
import { didYouMean, instead, suggestion } from '../values/suggest.js'

export interface DoubtfulEnvironment extends DeclaringTemplates {
  readonly environment: Environment
  /** Names of the template's own parameters, and of its resources. */
  readonly parameters: Iterable<string>
  readonly resources: Iterable<string>
  readonly types: TypeRegistry
}

type Doubt = (path: string, message: string) => void

/**
 * What an environment says that has no effect, where Heat says nothing: names that nothing has. @param doubt hears of each.
 */
export function doubtEnvironment(given: DoubtfulEnvironment, doubt: Doubt): void {
  const { environment } = given
  const parameters = new Set(given.parameters)
  for (const [index, name] of environment.encrypted_param_names.entries()) {
    if (typeof name !== 'string' || parameters.has(name)) continue
    doubt(
      `environment.encrypted_param_names[${index}]`,
      `The template has no parameter ${name}, so nothing is kept secret by that${instead(name, parameters)}`,
    )
  }
  const typeOf = declaredTypes(given)
  for (const name of Object.keys(environment.parameter_defaults)) {
    if (parameters.has(name) || typeOf(name) !== undefined) continue
    doubt(
      `environment.parameter_defaults.${name}`,
      `Neither the template nor any of the files has a parameter ${name}${didYouMean(name, parameters)}`,
    )
  }
  const { resources = {}, base_url: _, ...entries } = environment.resource_registry
  doubtEntries(entries, given, (path, message) => doubt(`environment.resource_registry.${path}`, message))
  doubtResources(isMap(resources) ? resources : {}, [...given.resources], (path, message) =>
    doubt(`environment.resource_registry.resources.${path}`, message),
  )
}

/** Entries that lead nowhere: whoever uses such a type is refused. */
function doubtEntries(entries: JsonMap, { types, files }: DoubtfulEnvironment, doubt: Doubt): void {
  const keys = Object.keys(entries)
  const isKnown = (name: string): boolean =>
    types.find(name) !== undefined ||
    types.absent(name) !== undefined ||
    keys.some(key => key === name || (key.endsWith('*') && name.startsWith(key.slice(0, -1))))
  for (const [key, target] of Object.entries(entries)) {
    if (typeof target !== 'string' || target.endsWith('*')) continue
    if (isTemplateFile(target)) {
      if (!Object.hasOwn(files, target)) {
        doubt(key, `${target} is not among the files of the request${didYouMean(target, Object.keys(files))}`)
      }
    } else if (!isKnown(target)) {
      doubt(key, `${target} is neither a type nor a template file${didYouMean(target, [...types.names(), ...keys])}`)
    }
  }
}

/** Entries for resources that the template does not have, and what is taken for a type but is nearly another key. */
function doubtResources(resources: JsonMap, names: readonly string[], doubt: Doubt): void {
  for (const [pattern, content] of Object.entries(resources)) {
    if (!names.some(name => name === pattern || globs(pattern, name))) {
      doubt(pattern, `The template has no resource ${pattern}${instead(pattern, names)}`)
    }
    for (const [key, target] of Object.entries(isMap(content) ? content : {})) {
      const meant = pointKeys.includes(key) || isMap(target) ? undefined : suggestion(key, pointKeys)
      if (meant !== undefined) {
        doubt(`${pattern}.${key}`, `"${key}" is taken for the name of a type; did you mean ${meant}?`)
      }
    }
  }
}

/** Words of `parameter_merge_strategies`. */
export const strategies = ['overwrite', 'merge', 'deep_merge'] as const

/** Strategies that mean nothing: words that are none count as the default one, and names that nothing declares as nothing. */
export function doubtStrategies(
  given: Json | undefined,
  { typeOf, parameters }: { typeOf: (name: string) => Json | undefined; parameters: Iterable<string> },
  doubt: Doubt,
): void {
  for (const [name, word] of Object.entries(isMap(given) ? given : {})) {
    if (!strategies.some(known => known === word)) {
      const counts = name === 'default' ? 'overwrite' : 'the default one'
      doubt(name, `"${str(word)}" is no strategy, and counts as ${counts}${instead(str(word), strategies)}`)
    } else if (name !== 'default' && typeOf(name) === undefined) {
      doubt(name, `Neither the template nor any of the files has a parameter ${name}${didYouMean(name, parameters)}`)
    }
  }
}
