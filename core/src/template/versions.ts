import * as errors from '../errors.js'
import type { JsonMap } from '../plugin/json.js'
import { compare } from './python.js'

/** The versions of HOT in their order; features are told apart by comparing dates. */
export const dates = [
  '2013-05-23',
  '2014-10-16',
  '2015-04-30',
  '2015-10-15',
  '2016-04-08',
  '2016-10-14',
  '2017-02-24',
  '2017-09-01',
  '2018-03-02',
  '2018-08-31',
  '2021-04-16',
] as const
export type VersionDate = (typeof dates)[number]

const aliases: Readonly<Record<string, VersionDate>> = {
  newton: '2016-10-14',
  ocata: '2017-02-24',
  pike: '2017-09-01',
  queens: '2018-03-02',
  rocky: '2018-08-31',
  wallaby: '2021-04-16',
}

export interface Version {
  readonly date: VersionDate
  /** True from `date` on. */
  since(date: VersionDate): boolean
}

const key = 'heat_template_version'
const otherKeys = ['HeatTemplateFormatVersion', 'AWSTemplateFormatVersion']

export const versionOn = (date: VersionDate): Version => ({ date, since: other => date >= other })

/** The version that a template names. @throws HearthError InvalidTemplateVersion; NotSupported for the CFN dialect. */
export function versionOf(template: JsonMap): Version {
  const found = [...otherKeys, key].filter(name => Object.hasOwn(template, name) && typeof template[name] === 'string')
  const [name, second] = found
  if (name === undefined) throw errors.invalidTemplateVersion('Template version was not provided')
  if (second !== undefined) throw errors.invalidTemplateVersion(`Ambiguous versions (${found.join(', ')})`)
  const value = template[name] as string
  if (name !== key) {
    throw errors.notSupported(`The CFN template dialect (${name}: ${value})`)
  }
  const date = dates.find(known => known === value) ?? (Object.hasOwn(aliases, value) ? aliases[value] : undefined)
  if (date !== undefined) return versionOn(date)
  const known = [...dates, ...Object.keys(aliases).sort(compare)].join(', ')
  throw errors.invalidTemplateVersion(`"${key}: ${value}". "${key}" should be one of: ${known}`)
}

/** Body of `GET /template_versions`. */
export function templateVersions(): { version: string; type: 'hot'; aliases: string[] }[] {
  return dates.map(date => ({
    version: `${key}.${date}`,
    type: 'hot',
    aliases: Object.keys(aliases)
      .filter(alias => aliases[alias] === date)
      .map(alias => `${key}.${alias}`),
  }))
}

/** The version of a key such as `heat_template_version.2018-08-31` or `heat_template_version.rocky`. */
export function versionOfKey(full: string): Version | undefined {
  const prefix = `${key}.`
  if (!full.startsWith(prefix)) return undefined
  const name = full.slice(prefix.length)
  const date = dates.find(known => known === name) ?? (Object.hasOwn(aliases, name) ? aliases[name] : undefined)
  return date === undefined ? undefined : versionOn(date)
}
