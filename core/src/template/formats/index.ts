/**
 * The formats of templates: HOT, and CloudFormation's under its two names. A format says what sections, keys, functions
 * and parameters are called and which there are; what they mean is the business of the folder above.
 * Start at `format.ts`; `hot.ts` and `cfn.ts` are the two dialects.
 */
import * as errors from '../../errors.js'
import type { JsonMap } from '../../plugin/json.js'
import { compare } from '../python.js'
import { aws, heatCfn } from './cfn.js'
import type { TemplateFormat, Version } from './format.js'
import { hot } from './hot.js'

export { hot }

export const formats: readonly TemplateFormat[] = [heatCfn, aws, hot]

export const versionKeys: readonly string[] = [hot, heatCfn, aws].map(({ key }) => key)

/** The version that a template names. @throws HearthError InvalidTemplateVersion */
export function versionOf(template: JsonMap): Version {
  const found = formats.filter(({ key }) => Object.hasOwn(template, key) && typeof template[key] === 'string')
  const [format, second] = found
  if (format === undefined) throw errors.invalidTemplateVersion('Template version was not provided')
  if (second !== undefined) {
    throw errors.invalidTemplateVersion(`Ambiguous versions (${found.map(({ key }) => key).join(', ')})`)
  }
  const { key } = format
  const value = template[key] as string
  const version = named(format, value)
  if (version !== undefined) return version
  const names = format.versions.map(({ name }) => name)
  const aliases = format.versions.flatMap(one => one.aliases).sort(compare)
  const known = [...names, ...aliases]
  const should = known.length === 1 ? 'should be' : 'should be one of'
  throw errors.invalidTemplateVersion(`"${key}: ${value}". "${key}" ${should}: ${known.join(', ')}`)
}

const named = ({ versions }: TemplateFormat, name: string): Version | undefined =>
  versions.find(version => version.name === name || version.aliases.includes(name))

/** Body of `GET /template_versions`. */
export function templateVersions(): { version: string; type: 'hot' | 'cfn'; aliases: string[] }[] {
  return formats.flatMap(({ key, type, versions }) =>
    versions.map(({ name, aliases }) => ({
      version: `${key}.${name}`,
      type,
      aliases: aliases.map(alias => `${key}.${alias}`),
    })),
  )
}

/** The version of a key such as `heat_template_version.2018-08-31` or `heat_template_version.rocky`. */
export function versionOfKey(full: string): Version | undefined {
  const format = formats.find(({ key }) => full.startsWith(`${key}.`))
  return format && named(format, full.slice(format.key.length + 1))
}
