import { HearthError } from '../../errors.js'
import type { Json, JsonMap } from '../../plugin/json.js'
import { plainFormats } from '../formats/index.js'
import { isMap, own } from '../values/maps.js'
import { apiTypes, parameterTypes } from '../parameters/types.js'
import { type ParseLimits, parseTemplateText } from '../reading/parse.js'
import { isTemplateFile } from './resource-registry.js'

export interface DeclaringTemplates {
  readonly template: JsonMap
  /** Those that are templates by their names count, whether the template uses them or not: an environment's mappings may. */
  readonly files: Readonly<Record<string, string>>
  readonly limits: Omit<ParseLimits, 'maxSize'>
}

/**
 * Of which type a parameter is declared, by the template itself, else by any of the files, as Heat's `all_param_schemata`.
 * Files are read when a name is asked for that the template does not declare. What is wrong in them is told when they are used.
 * @returns what asks it; its answer is undefined for what nothing declares
 */
export function declaredTypes({ template, files, limits }: DeclaringTemplates): (name: string) => Json | undefined {
  const outer = declaredIn(template, limits)
  let inner: readonly Declared[] | undefined
  return name => {
    const found = outer(name)
    if (found !== undefined) return found
    inner ??= Object.entries(files)
      .filter(([file]) => isTemplateFile(file))
      .map(([file, text]) => declaredIn(templateOf(text, { ...limits, file }), limits))
    // Of two files, the last one says.
    return inner.map(declares => declares(name)).findLast(type => type !== undefined)
  }
}

type Declared = (name: string) => Json | undefined

function declaredIn(template: JsonMap | undefined, limits: DeclaringTemplates['limits']): Declared {
  const words = template && (limits.formats ?? plainFormats).closest(template)?.words
  const parameters = words && own(template, words.sections.parameters)
  if (words === undefined || !isMap(parameters)) return () => undefined
  return name => {
    const schema = own(parameters, name)
    if (schema === undefined) return undefined
    const type = isMap(schema) ? (own(schema, words.parameterType) ?? null) : null
    return parameterTypes.find(one => apiTypes[one] === type) ?? type
  }
}

function templateOf(text: string, limits: Omit<ParseLimits, 'maxSize'>): JsonMap | undefined {
  try {
    return parseTemplateText(text, { ...limits, maxSize: text.length })
  } catch (error) {
    if (error instanceof HearthError) return undefined
    throw error
  }
}
