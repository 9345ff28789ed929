import * as errors from '../errors.js'
import { isUuid } from '../stack/read/find.js'

/** Query parameters as Heat reads them: an empty value of a filter, paging or show parameter counts as absent. */
export class Query {
  constructor(private readonly params: URLSearchParams) {}

  keys(): string[] {
    return [...new Set(this.params.keys())]
  }

  text(name: string): string | undefined {
    const value = this.params.get(name)
    return value === null || value === '' ? undefined : value
  }

  /** All values of a repeatable parameter. */
  list(name: string): string[] {
    return this.params.getAll(name).filter(value => value !== '')
  }

  /** How much of a list is asked for, and behind which id it begins. A marker that is no id marks nothing. */
  page(): { readonly limit?: number; readonly marker?: string } {
    const limit = this.count('limit')
    const marker = this.text('marker')
    return {
      ...(limit === undefined ? {} : { limit }),
      ...(marker === undefined || !isUuid(marker) ? {} : { marker }),
    }
  }

  /** Actions and statuses to filter by. A status may be joined with its action, as it is shown: `CREATE_COMPLETE`. */
  states(actions: readonly string[], statuses: readonly string[]): { action: string[]; status: string[] } {
    const given = statuses.flatMap(name => this.list(name))
    const joined = given.map(status => /^([A-Z]+)_(IN_PROGRESS|COMPLETE|FAILED)$/.exec(status))
    return {
      action: [...actions.flatMap(name => this.list(name)), ...joined.flatMap(match => match?.[1] ?? [])],
      status: given.map((text, index) => joined[index]?.[2] ?? text),
    }
  }

  commaList(name: string): string[] | undefined {
    return this.text(name)?.split(',')
  }

  /** @throws HTTPBadRequest naming the acceptable values. */
  flag(name: string, absent = false): boolean {
    const value = this.text(name)
    if (value === undefined) return absent
    const word = value.toLowerCase()
    if (word === 'true' || word === 'false') return word === 'true'
    throw errors.badRequest(`Unrecognized value "${value}" for "${name}", acceptable values are: true, false.`)
  }

  /** @throws HTTPBadRequest unless it is a whole number of at least 0. */
  count(name: string): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    if (!/^[+-]?\d+$/.test(value)) throw errors.badRequest(`Only integer is acceptable by '${name}'.`)
    if (Number(value) < 0) {
      throw errors.badRequest(`Value '${value}' is invalid for '${name}' which only accepts non-negative integer.`)
    }
    if (!Number.isSafeInteger(Number(value)) || Number(value) > 2 ** 31 - 1) {
      throw errors.badRequest(`Value '${value}' is too large for '${name}'; at most ${2 ** 31 - 1}.`)
    }
    return Number(value)
  }
}
