import * as errors from '../../errors.js'
import type { Json } from '../../plugin/json.js'
import { isMap, own } from '../maps.js'
import { str, truthy } from '../python.js'

/** Every grouped parameter exists and is in one group, once. @throws HearthError `Parameter Groups error: …` */
export function checkParameterGroups(section: Json | undefined, parameters: ReadonlySet<string>): void {
  if (section === undefined || !truthy(section)) return
  if (!Array.isArray(section)) throw wrong('parameter_groups', 'The parameter_groups should be a list.')
  const grouped = new Set<string>()
  for (const group of section) {
    if (!isMap(group)) throw wrong('parameter_groups', 'The parameter_groups should be a list of maps.')
    const path = `parameter_groups.${str(own(group, 'label') ?? '')}`
    const names = own(group, 'parameters') ?? null
    if (names === null) throw wrong(path, 'The parameters must be provided for each parameter group.')
    if (!Array.isArray(names)) throw wrong(path, 'The parameters of parameter group should be a list.')
    for (const item of names) {
      const name = str(item)
      if (grouped.has(name)) throw wrong(path, `The ${name} parameter must be assigned to one parameter group only.`)
      grouped.add(name)
      if (!parameters.has(name)) {
        throw wrong(path, `The grouped parameter ${name} does not reference a valid parameter.`)
      }
    }
  }
}

const wrong = (path: string, message: string): Error =>
  errors.stackValidationFailed({ error: 'Parameter Groups error', path, message })
