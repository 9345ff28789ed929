import type { TemplateFormat, TemplateVersion } from '../../plugin/template-format.js'
import { dates } from './dates.js'

/** What is wrong with a plugin's format, so that no template meets it; undefined if nothing is. */
export function flawOf({ key, type, versions }: TemplateFormat): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(key)) return `its key '${key}' is not a word of letters, digits, _ and -`
  if (!/^[a-z][a-z0-9-]*$/.test(type)) return `its type '${type}' is not a word of small letters, digits and -`
  if (versions.length === 0) return 'it has no version'
  const names = versions.flatMap(({ name, aliases }) => [name, ...aliases])
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) return `it has two versions of the name '${twice}'`
  for (const version of versions) {
    const flaw = flawOfVersion(key, version)
    if (flaw !== undefined) return `version '${version.name}': ${flaw}`
  }
  return undefined
}

function flawOfVersion(key: string, { words, like }: TemplateVersion): string | undefined {
  if (!dates.includes(like))
    return `it is like '${like}', which is no version of HOT; expected one of ${dates.join(', ')}`
  return (
    ambiguous('sections', [key, ...Object.values(words.sections)]) ??
    ambiguous('keys of a resource', Object.values(words.resource)) ??
    ambiguous('keys of an output', Object.values(words.output))
  )
}

function ambiguous(what: string, words: readonly (string | undefined)[]): string | undefined {
  const twice = words.find((word, index) => word !== undefined && words.indexOf(word) !== index)
  return twice === undefined ? undefined : `two ${what} are called '${twice}'`
}
