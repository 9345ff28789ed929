import { nearest } from './nearest.js'
import { labelOf, type Option } from './option.js'
import type { Setting } from './sources.js'

/** The warning about a setting that nobody declared: where it stands, and what it may have meant. */
export function unknownSetting(setting: Setting, declared: readonly Option<unknown>[]): string {
  const { section, name, origin } = setting
  const sections = new Set(declared.map(option => option.section))
  if (!sections.has(section)) {
    const meant = nearest(section, sections)
    return `${origin}: unknown section [${section}]${meant === undefined ? '.' : `; did you mean [${meant}]?`}`
  }
  const names = declared.filter(option => option.section === section).map(option => option.name)
  const meant = nearest(name, names) ?? labelElsewhere(name, declared)
  return `${origin}: unknown option ${labelOf(setting)}${meant === undefined ? '.' : `; did you mean ${meant}?`}`
}

/** An option of just that name in another section: the usual slip when options move between files. */
function labelElsewhere(name: string, declared: readonly Option<unknown>[]): string | undefined {
  const option = declared.find(other => other.name === name)
  return option && labelOf(option)
}
