import * as errors from '../../errors.js'
import type { Json } from '../../plugin/json.js'
import { isMap, own } from '../values/maps.js'
import type { Attempt } from '../problems.js'
import { str, truthy } from '../values/python.js'
import { instead } from '../values/suggest.js'

/** Every grouped parameter exists and is in one group, once. @throws HearthError `Parameter Groups error: …` */
export function checkParameterGroups(
  section: Json | undefined,
  parameters: ReadonlySet<string>,
  attempt: Attempt,
): void {
  if (section === undefined || !truthy(section)) return
  if (!Array.isArray(section)) throw wrong('parameter_groups', 'The parameter_groups should be a list.')
  const grouped = new Set<string>()
  for (const [index, group] of section.entries()) {
    attempt(`parameter_groups[${index}]`, () => {
      const place = { path: `parameter_groups[${index}]` }
      if (!isMap(group)) throw wrong('parameter_groups', 'The parameter_groups should be a list of maps.').at(place)
      const path = `parameter_groups.${str(own(group, 'label') ?? '')}`
      const names = own(group, 'parameters') ?? null
      if (names === null) throw wrong(path, 'The parameters must be provided for each parameter group.').at(place)
      if (!Array.isArray(names)) throw wrong(path, 'The parameters of parameter group should be a list.').at(place)
      for (const [at, item] of names.entries()) {
        const written = `parameter_groups[${index}].parameters[${at}]`
        attempt(written, () => {
          const why = flaw(str(item), parameters, grouped)
          if (why !== undefined) throw wrong(path, why).at({ path: written })
        })
      }
    })
  }
}

function flaw(name: string, parameters: ReadonlySet<string>, grouped: Set<string>): string | undefined {
  if (grouped.has(name)) return `The ${name} parameter must be assigned to one parameter group only.`
  grouped.add(name)
  if (parameters.has(name)) return undefined
  return `The grouped parameter ${name} does not reference a valid parameter.${instead(name, parameters)}`
}

const wrong = (path: string, message: string): errors.HearthError =>
  errors.stackValidationFailed({ error: 'Parameter Groups error', path, message })
