import * as errors from '../../errors.js'
import type { Place } from '../../errors.js'
import type { Json, JsonMap } from '../../plugin/json.js'
import { declaredTypes } from './declared-types.js'
import { type Environment, environmentOf, parseEnvironmentText } from './environment.js'
import { readJson } from '../reading/json.js'
import { doubtStrategies, strategies as strategyWords } from './environment-doubts.js'
import { isMap, own, put } from '../values/maps.js'
import type { ParseLimits } from '../reading/parse.js'
import { placed, placedIn } from '../problems.js'
import { str } from '../values/python.js'
import { instead } from '../values/suggest.js'

export interface EnvironmentRequest {
  /** The request's own parameters. */
  readonly parameters: JsonMap
  /** Checked sections; ignored if there are files. */
  readonly environment: JsonMap
  /** Environment files, keys of `files`, weakest first. */
  readonly environmentFiles: readonly string[]
  readonly files: Readonly<Record<string, string>>
  /** With those of `files` it declares the parameters' types, and the names that are known. */
  readonly template: JsonMap
  readonly limits: Omit<ParseLimits, 'maxSize'>
  /** Hears of what is allowed and probably not meant. */
  readonly doubt?: (doubt: Place & { readonly message: string }) => void
}

/**
 * One environment of a request's parts. Files are laid over the request's own parameters, as Heat does.
 * @throws HearthError HTTPBadRequest for a file that is missing or malformed, ConflictingMergeStrategyForParam.
 */
export function mergeEnvironments(request: EnvironmentRequest): Environment {
  const { parameters, environment, environmentFiles, files, limits } = request
  const { doubt = () => undefined } = request
  if (environmentFiles.length === 0) {
    if (Object.hasOwn(environment, strategySection)) {
      const message = 'Strategies are for environment_files, of which there are none, and mean nothing here'
      doubt({ path: `environment.${strategySection}`, message })
    }
    return environmentOf(environment, parameters)
  }
  const merged: JsonMap = { parameters }
  const strategies = new Map<string, Strategy>()
  const typeOf = declaredTypes(request)
  for (const file of environmentFiles) {
    const text = own(files, file)
    if (text === undefined) {
      const message = `Environment not in valid format: environment file "${file}" is not in files`
      throw errors.badRequest(`${message}${instead(file, Object.keys(files))}`)
    }
    const sections = parseEnvironmentText(text, { ...limits, file })
    doubtStrategies(own(sections, strategySection), { typeOf, parameters: Object.keys(parameters) }, (name, message) =>
      doubt({ file, path: `${strategySection}.${name}`, message }),
    )
    mergeFile(merged, sections, { file, strategies, typeOf })
  }
  return environmentOf(merged)
}

const strategySection = 'parameter_merge_strategies'
type Strategy = (typeof strategyWords)[number]
const isStrategy = (word: Json | undefined): word is Strategy => strategyWords.some(known => known === word)

interface MergeContext {
  readonly file: string
  /** Fixed by earlier files. */
  readonly strategies: Map<string, Strategy>
  /** The declared type of a name; undefined: it is not declared. */
  readonly typeOf: (name: string) => Json | undefined
}

const valueSections: readonly string[] = ['parameters', 'parameter_defaults']

function mergeFile(merged: JsonMap, sections: JsonMap, context: MergeContext): void {
  const given = own(sections, strategySection)
  const strategies = isMap(given) ? given : {}
  for (const [section, content] of Object.entries(sections)) {
    if (section === strategySection) continue
    const before = own(merged, section)
    if (Array.isArray(content)) put(merged, section, content)
    else if (!isMap(content)) continue
    else if (!valueSections.includes(section)) put(merged, section, { ...(isMap(before) ? before : {}), ...content })
    else put(merged, section, mergeValues(isMap(before) ? before : {}, content, strategies, { ...context, section }))
  }
}

function mergeValues(
  before: JsonMap,
  given: JsonMap,
  strategies: JsonMap,
  context: MergeContext & { readonly section: string },
): JsonMap {
  const { file, section } = context
  const named = own(strategies, 'default')
  const usual = isStrategy(named) ? named : 'overwrite'
  const first = Object.keys(before).length === 0
  const merged: JsonMap = { ...before }
  for (const [name, value] of Object.entries(given)) {
    if (value === null) continue
    if (first) {
      put(merged, name, value)
      continue
    }
    const type = context.typeOf(name)
    if (type === undefined) continue
    const strategy = strategyOf(name, strategies, usual, context)
    const known = own(merged, name) ?? null
    const combined = (): Json =>
      placedIn(file, () => placed(`${section}.${name}`, () => combine(type, strategy, known, value)))
    put(merged, name, known === null || strategy === 'overwrite' ? value : combined())
  }
  return merged
}

function strategyOf(
  name: string,
  strategies: JsonMap,
  usual: Strategy,
  { file, strategies: fixed }: MergeContext,
): Strategy {
  const earlier = fixed.get(name)
  const named = own(strategies, name)
  const ownWord = named === undefined ? undefined : isStrategy(named) ? named : usual
  if (earlier !== undefined && ownWord !== undefined && ownWord !== earlier) {
    const place = { file, path: `${strategySection}.${name}` }
    throw errors.conflictingMergeStrategy(ownWord, name, file).at(place)
  }
  const strategy = ownWord ?? earlier ?? usual
  fixed.set(name, strategy)
  return strategy
}

function combine(type: Json, strategy: Strategy, before: Json, value: Json): Json {
  if (type === 'json') return combineJson(strategy, parsed(before), parsed(value))
  if (type === 'comma_delimited_list') {
    if (Array.isArray(before) || Array.isArray(value)) return [...items(before), ...items(value)]
    return `${str(before)},${str(value)}`
  }
  if (typeof before === 'string' && typeof value === 'string') return before + value
  if (type === 'string') return str(before) + str(value)
  throw errors.badRequest(
    'Environment not in valid format: Invalid parameter in environment . (numbers and booleans are not merged; expected overwrite as their strategy)',
  )
}

const items = (value: Json): Json[] => (Array.isArray(value) ? value : str(value).split(','))

function combineJson(strategy: Strategy, before: Json, value: Json): Json {
  if (strategy === 'deep_merge') return deepMerge(before, value)
  if (!isMap(before) || !isMap(value)) return value
  return { ...before, ...Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null)) }
}

function deepMerge(before: Json, value: Json): Json {
  if (isMap(before) && isMap(value)) {
    const merged: JsonMap = { ...before }
    for (const [key, item] of Object.entries(value)) {
      const known = own(before, key)
      put(merged, key, known === undefined ? item : deepMerge(known, item))
    }
    return merged
  }
  if (Array.isArray(before) && Array.isArray(value)) return [...before, ...value]
  return typeof before === 'string' && typeof value === 'string' ? before + value : value
}

/** JSON given as text is merged as what it says. */
function parsed(value: Json): Json {
  if (typeof value !== 'string') return value
  try {
    return readJson(value, { floats: true })
  } catch {
    return value
  }
}
