import * as errors from '../../errors.js'
import type { JsonMap } from '../../plugin/json.js'
import type { TemplateFormat } from '../../plugin/template-format.js'
import { compare } from '../values/python.js'
import { type Version, versionFrom } from './version.js'

/** The formats that templates may have. One for each host. */
export class Formats {
  /** By the key that names a version, in the order given. */
  private readonly versions: ReadonlyMap<string, readonly Version[]>

  constructor(private readonly given: readonly TemplateFormat[]) {
    this.versions = new Map(given.map(format => [format.key, format.versions.map(one => versionFrom(format, one))]))
  }

  /** The keys that name a template's version. */
  get keys(): readonly string[] {
    return [...this.versions.keys()]
  }

  /** The version that a template names. @throws HearthError InvalidTemplateVersion */
  versionOf(template: JsonMap): Version {
    const found = this.keys.filter(one => Object.hasOwn(template, one) && typeof template[one] === 'string')
    const [key, second] = found
    if (key === undefined) {
      const unread = this.keys.find(one => Object.hasOwn(template, one))
      const hint = unread === undefined ? ` (expected ${this.keys.join(', ')})` : ` (expected ${unread} to be text)`
      throw errors.invalidTemplateVersion(`Template version was not provided${hint}`).at({ path: unread ?? '' })
    }
    if (second !== undefined)
      throw errors.invalidTemplateVersion(`Ambiguous versions (${found.join(', ')})`).at({ path: second })
    const value = template[key] as string
    const version = this.named(key, value)
    if (version !== undefined) return version
    const versions = this.versions.get(key) ?? []
    const known = [...versions.map(({ name }) => name), ...versions.flatMap(one => one.aliases).sort(compare)]
    const should = known.length === 1 ? 'should be' : 'should be one of'
    const message = `"${key}: ${value}". "${key}" ${should}: ${known.join(', ')}`
    throw errors.invalidTemplateVersion(message).at({ path: key })
  }

  /** The version of a key such as `heat_template_version.2018-08-31` or `heat_template_version.rocky`. */
  find(full: string): Version | undefined {
    const key = this.keys.find(one => full.startsWith(`${one}.`))
    return key === undefined ? undefined : this.named(key, full.slice(key.length + 1))
  }

  /** A version that has the words of a template, whichever version the template may name. */
  closest(template: JsonMap): Version | undefined {
    const key = this.keys.find(one => Object.hasOwn(template, one))
    return key === undefined ? undefined : this.versions.get(key)?.[0]
  }

  /** Body of `GET /template_versions`. */
  list(): { version: string; type: string; aliases: string[] }[] {
    return this.given.flatMap(({ key, type, versions }) =>
      versions.map(({ name, aliases }) => ({
        version: `${key}.${name}`,
        type,
        aliases: aliases.map(alias => `${key}.${alias}`),
      })),
    )
  }

  private named(key: string, name: string): Version | undefined {
    return this.versions.get(key)?.find(version => version.name === name || version.aliases.includes(name))
  }
}
