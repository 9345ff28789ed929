import * as errors from '../errors.js'
import type { Json, JsonMap } from '../plugin/json.js'
import type { Version } from './formats/index.js'
import { laterHint } from './formats/since.js'
import { isMap } from './maps.js'
import type { Problems } from './problems.js'
import { typeOf } from './python.js'
import { didYouMean } from './suggest.js'

/** What the column of Heat's table holds; and a name must stand in a path of the API. */
const longestName = 255

/** Keys that only later versions of HOT have. */
const laterKeys = ['condition', 'external_id']

/**
 * The shape of an entry of the section, before anything in it is parsed.
 * @throws HearthError StackValidationFailed
 */
export function checkResourceKeys(name: string, snippet: Json, version: Version, problems: Problems): JsonMap {
  const { words } = version
  const wrong = (message: string): Error => errors.stackValidationFailed({ message })
  const missing = words.lenient ? 'Each Resource must contain a Type key.' : 'Each resource must contain a type key.'
  if (snippet === null) throw wrong(missing)
  if (!isMap(snippet)) throw wrong(`${words.resourcesMap} Found a [${typeOf(snippet)}] instead`)
  const keys: readonly (string | undefined)[] = Object.values(words.resource)
  for (const key of words.lenient ? [] : Object.keys(snippet)) {
    if (keys.includes(key)) continue
    problems.attempt(`${words.sections.resources}.${name}.${key}`, () => {
      throw wrong(
        laterKeys.includes(key)
          ? `Invalid keyword(s) inside a resource definition: ${key}${laterHint(version, '2016-10-14')}`
          : `"${key}" is not a valid keyword inside a resource definition${didYouMean(key, keys)}`,
      )
    })
  }
  if (!Object.hasOwn(snippet, words.resource.type)) throw wrong(missing)
  if (name.includes('/')) throw wrong('Resource name may not contain "/"')
  if (name === '' || name === '.' || name === '..' || name.length > longestName) {
    throw wrong(
      `Resource name ${JSON.stringify(name.slice(0, 40))} is not allowed; expected 1 to ${longestName} characters, not "." or ".."`,
    )
  }
  return snippet
}
