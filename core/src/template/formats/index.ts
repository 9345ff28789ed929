/**
 * The formats of templates: HOT, and CloudFormation's under its two names; plugins may bring more. A format says what
 * sections, keys, functions and parameters are called and which there are; what they mean is the business of the folder
 * above. Start at `TemplateFormat` in the contract of plugins; `hot.ts` and `cfn.ts` are two of them, `formats.ts` knows all.
 */
import type { TemplateFormat, TemplateVersion } from '../../plugin/template-format.js'
import { aws, heatCfn } from './cfn.js'
import { Formats } from './formats.js'
import { hot } from './hot.js'

export { flawOf } from './check.js'
export { Formats } from './formats.js'
export type { Version } from './version.js'

/** Those of Hearth itself. */
export const ownFormats: readonly TemplateFormat[] = [heatCfn, aws, hot]

/** The same without those of plugins, for whoever has no host. */
export const plainFormats = new Formats(ownFormats)

/** @throws Error if Hearth has no such version. */
export function ownVersion(key: string, name: string): TemplateVersion {
  const version = ownFormats.find(format => format.key === key)?.versions.find(one => one.name === name)
  if (version === undefined) throw new Error(`Hearth has no ${key} '${name}'`)
  return version
}
