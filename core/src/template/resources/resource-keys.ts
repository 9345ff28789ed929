import * as errors from '../../errors.js'
import type { Json, JsonMap } from '../../plugin/json.js'
import type { Version } from '../formats/index.js'
import { laterHint } from '../formats/since.js'
import { isMap } from '../values/maps.js'
import type { Problems } from '../problems.js'
import { typeOf } from '../values/python.js'
import { didYouMean, instead, suggestion } from '../values/suggest.js'

/** What the column of Heat's table holds; and a name must stand in a path of the API. */
const longestName = 255

/** Keys that only later versions of HOT have. */
const laterKeys = ['condition', 'external_id']

/**
 * The shape of an entry of the section, before anything in it is parsed.
 * @returns undefined if there is no type, and that was told. @throws HearthError StackValidationFailed
 */
export function checkResourceKeys(
  name: string,
  snippet: Json,
  version: Version,
  problems: Problems,
): JsonMap | undefined {
  const { words } = version
  const wrong = (message: string): Error => errors.stackValidationFailed({ message })
  const missing = words.lenient ? 'Each Resource must contain a Type key.' : 'Each resource must contain a type key.'
  if (snippet === null) throw wrong(missing)
  if (!isMap(snippet)) throw wrong(`${words.resourcesMap} Found a [${typeOf(snippet)}] instead`)
  const keys: readonly (string | undefined)[] = Object.values(words.resource)
  for (const key of Object.keys(snippet)) {
    if (keys.includes(key)) continue
    const path = `${words.sections.resources}.${name}.${key}`
    if (words.lenient) {
      problems.doubt(path, `"${key}" is no key of a resource, and says nothing${didYouMean(key, keys)}`)
      continue
    }
    problems.attempt(path, () => {
      throw wrong(
        laterKeys.includes(key)
          ? `Invalid keyword(s) inside a resource definition: ${key}${laterHint(version, '2016-10-14')}`
          : `"${key}" is not a valid keyword inside a resource definition${instead(key, keys)}`,
      )
    })
  }
  const { type } = words.resource
  if (!Object.hasOwn(snippet, type)) {
    const meant = Object.keys(snippet).find(key => suggestion(key, definedOf(keys)) === type)
    // That it is misspelt has been told, unless other keys say nothing.
    if (meant === undefined || words.lenient)
      throw wrong(`${missing}${meant === undefined ? '' : didYouMean(meant, [type])}`)
    return undefined
  }
  if (name.includes('/')) throw wrong('Resource name may not contain "/"')
  if (name === '' || name === '.' || name === '..' || name.length > longestName) {
    throw wrong(
      `Resource name ${JSON.stringify(name.slice(0, 40))} is not allowed; expected 1 to ${longestName} characters, not "." or ".."`,
    )
  }
  return snippet
}

const definedOf = (keys: readonly (string | undefined)[]): string[] => keys.filter(key => key !== undefined)
