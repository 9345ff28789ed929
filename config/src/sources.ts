import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import nconf from 'nconf'
import { emptySections, parseIni, type Sections, setting, stringifyIni } from './ini.js'

/** Its `*.conf` are read in the order of their names, anew at each reload. */
export interface ConfigFolder {
  readonly folder: string
}

export interface Sources {
  /** INI files, and folders of them; later ones win. */
  readonly files: readonly (string | ConfigFolder)[]
  /** `HEARTH__<section>__<option>` is read from it. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** `--<section>:<option>=<value>` of the command line; later ones win. */
  readonly overrides: readonly string[]
}

export interface Setting {
  readonly section: string
  readonly name: string
  readonly text: string
  /** Where an operator finds it: `hearth.conf:14`, `HEARTH__worker__lease_seconds` or `--worker:lease_seconds`. */
  readonly origin: string
}

/** What all sources together set. */
export interface Store {
  find(section: string, name: string): Setting | undefined
  all(): readonly Setting[]
  /** What cannot be read; each begins with its place. */
  readonly problems: readonly string[]
}

interface Layer {
  readonly sections: Sections
  origin(section: string, name: string): string
}

/** Reads all sources into one nconf provider: what is added first wins. */
export function readSources({ files, env, overrides }: Sources): Store {
  const problems: string[] = []
  const provider = new nconf.Provider()
  const layers = [fromCommandLine(overrides, problems), fromEnvironment(env, problems)]
  for (const [index, { sections }] of layers.entries())
    provider.add(`given ${index}`, { type: 'literal', store: sections })

  const all = files.flatMap(given => (typeof given === 'string' ? [given] : filesOf(given, problems)))
  for (const [index, file] of [...all.entries()].reverse()) {
    // nconf takes a missing file for an empty one; an operator who names a file means it.
    const unreadable = whyUnreadable(file)
    if (unreadable !== undefined) {
      problems.push(`${file}: ${unreadable}; expected a configuration file.`)
      continue
    }
    let content = parseIni('')
    const parse = (text: string): Sections => {
      content = parseIni(text)
      return content.sections
    }
    try {
      provider.file(`file ${index}`, { file, format: { parse, stringify: stringifyIni } })
    } catch (error) {
      problems.push(`${file}: ${(error as Error).message}.`)
    }
    problems.push(...content.problems.map(problem => `${file}:${problem}.`))
    layers.push({ sections: content.sections, origin: (section, name) => `${file}:${content.line(section, name)}` })
  }

  const settings = settingsOf(layers)
  return {
    problems,
    find(section, name) {
      // nconf joins keys with ':'; no declared section or option has one in its name.
      const text: unknown = provider.get(`${section}:${name}`)
      const origin = settings.get(`${section}\n${name}`)?.origin
      return typeof text === 'string' && origin !== undefined ? { section, name, text, origin } : undefined
    },
    all: () => [...settings.values()],
  }
}

function settingsOf(layers: readonly Layer[]): Map<string, Setting> {
  const settings = new Map<string, Setting>()
  for (const { sections, origin } of layers)
    for (const [section, options] of Object.entries(sections))
      for (const [name, text] of Object.entries(options)) {
        const key = `${section}\n${name}`
        if (!settings.has(key)) settings.set(key, { section, name, text, origin: origin(section, name) })
      }
  return settings
}

function fromCommandLine(overrides: readonly string[], problems: string[]): Layer {
  const sections = emptySections()
  for (const override of overrides) {
    const [, section, name, value] = /^--([^:=\s]+):([^=\s]+)=([^]*)$/.exec(override) ?? []
    if (section === undefined || name === undefined || value === undefined)
      problems.push(`command line: ${override.replace(/=[^]*/, '=…')}: expected --SECTION:option=value.`)
    else setting(sections, section, name, value.trim())
  }
  return { sections, origin: (section, name) => `--${section}:${name}` }
}

const prefix = 'HEARTH__'

function fromEnvironment(env: Sources['env'], problems: string[]): Layer {
  const sections = emptySections()
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(prefix) || value === undefined) continue
    const [section, name, ...rest] = variable.slice(prefix.length).split('__')
    if (!section || !name || rest.length > 0) problems.push(`${variable}: expected ${prefix}SECTION__option.`)
    else setting(sections, section, name, value.trim())
  }
  return { sections, origin: (section, name) => `${prefix}${section}__${name}` }
}

function filesOf({ folder }: ConfigFolder, problems: string[]): string[] {
  try {
    return readdirSync(folder)
      .filter(name => name.endsWith('.conf') && !name.startsWith('.'))
      .sort()
      .map(name => join(folder, name))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'no such folder' : code === 'ENOTDIR' ? 'is no folder' : message
    problems.push(`${folder}: ${why}; expected a folder of *.conf files.`)
    return []
  }
}

function whyUnreadable(file: string): string | undefined {
  try {
    return statSync(file).isDirectory() ? 'is a folder' : undefined
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? 'no such file' : message
  }
}
