import { readFileSync } from 'node:fs'
import nconf from 'nconf'
import { isUnusedHeatOption } from './heat-options.js'
import { type IniContent, parseIni, stringifyIni, toTree } from './ini.js'
import { nearest } from './nearest.js'
import { labelOf, type Option } from './option.js'
import { hostOptions } from './options/index.js'

/** The daemon or a tool cannot start with this configuration. The message says where, what, and what is allowed. */
export class ConfigurationError extends Error {}

export interface Sources {
  /** INI files; later ones win. */
  readonly files: readonly string[]
  /** `HEARTH__<section>__<option>` is read from it. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** `--<section>:<option>=<value>` of the command line. */
  readonly overrides: readonly string[]
}

export interface Reloaded {
  readonly changed: readonly Option<unknown>[]
  /** Why a new value was not taken; the old one stays. */
  readonly problems: readonly string[]
}

interface Found {
  readonly text: string
  /** `hearth.conf:14`, `environment HEARTH__…` or `command line`. */
  readonly origin: string
}

const prefix = 'HEARTH__'

/** The options and their values: command line before environment before files (later wins) before declared defaults. */
export class Configuration {
  private readonly declared = new Map<string, Option<unknown>>()
  private readonly values = new Map<Option<unknown>, unknown>()
  private store: Store

  /** @throws ConfigurationError on a file that cannot be read or a value that is not allowed. */
  constructor(
    private readonly sources: Sources,
    options: readonly Option<unknown>[] = hostOptions,
  ) {
    this.store = readStore(sources)
    this.declare(options)
  }

  /** Adds options, of plugins for example. @throws ConfigurationError if one is declared twice or its value is wrong. */
  declare(options: readonly Option<unknown>[]): void {
    for (const option of options) {
      const label = labelOf(option)
      const other = this.declared.get(label)
      if (other === option) continue
      if (other !== undefined) throw new ConfigurationError(`${label} is declared twice; a plugin must use a section of its own.`)
      this.declared.set(label, option)
      this.values.set(option, this.read(option, this.store))
    }
  }

  get<T>(option: Option<T>): T {
    if (!this.values.has(option)) throw new Error(`${labelOf(option)} is not declared`)
    return this.values.get(option) as T
  }

  options(): readonly Option<unknown>[] {
    return [...this.declared.values()]
  }

  /** Names that nobody declared, each with the nearest known one. Ask after the plugins have declared theirs. */
  warnings(): string[] {
    return this.unknown()
      .filter(({ section, name }) => !isUnusedHeatOption(section, name))
      .map(({ section, name, origin }) => {
        const sections = new Set(this.options().map(option => option.section))
        if (!sections.has(section)) return `${origin}: unknown section [${section}]${hint(section, sections, '[', ']')}.`
        const names = this.options().filter(option => option.section === section).map(option => option.name)
        return `${origin}: unknown option ${labelOf({ section, name })}${hint(name, names)}.`
      })
  }

  /** Options of Heat that Hearth has no use for. */
  ignored(): string[] {
    return this.unknown()
      .filter(({ section, name }) => isUnusedHeatOption(section, name))
      .map(labelOf)
  }

  /** Reads all sources again and takes the mutable options that changed. */
  reload(): Reloaded {
    let store: Store
    try {
      store = readStore(this.sources)
    } catch (error) {
      return { changed: [], problems: [(error as Error).message] }
    }
    const changed: Option<unknown>[] = []
    const problems: string[] = []
    for (const option of this.declared.values()) {
      try {
        const value = this.read(option, store)
        if (JSON.stringify(value) === JSON.stringify(this.values.get(option))) continue
        if (option.mutable) {
          this.values.set(option, value)
          changed.push(option)
        } else problems.push(`${labelOf(option)} changed, but only a restart takes it.`)
      } catch (error) {
        problems.push((error as Error).message)
      }
    }
    this.store = store
    return { changed, problems }
  }

  private read(option: Option<unknown>, store: Store): unknown {
    const found = store.find(option.section, option.name)
    if (found === undefined) return option.default
    const value = option.type.parse(found.text)
    if (value !== undefined || found.text === '') return value ?? option.default
    const shown = option.type.secret === true ? '(not shown)' : found.text
    throw new ConfigurationError(`${found.origin}: ${labelOf(option)} = ${shown}: expected ${option.type.expected}.`)
  }

  private unknown(): { section: string; name: string; origin: string }[] {
    return this.store.names().filter(({ section, name }) => !this.declared.has(labelOf({ section, name })))
  }
}

interface Store {
  find(section: string, name: string): Found | undefined
  names(): { section: string; name: string; origin: string }[]
}

/** All sources in one nconf provider: what is added first wins. */
function readStore({ files, env, overrides }: Sources): Store {
  const origins = new Map<string, string>()
  const note = (section: string, name: string, origin: string): void => {
    const label = labelOf({ section, name })
    if (!origins.has(label)) origins.set(label, origin)
  }
  const provider = new nconf.Provider()

  const given: Record<string, Record<string, string>> = {}
  for (const override of overrides) {
    const { section, name, value } = parseOverride(override)
    given[section] = { ...given[section], [name]: value }
    note(section, name, 'command line')
  }
  provider.overrides(given)

  const fromEnv: Record<string, Record<string, string>> = {}
  for (const [key, value] of Object.entries(env)) {
    if (!key.startsWith(prefix) || value === undefined) continue
    const [section, name, ...rest] = key.slice(prefix.length).split('__')
    if (section === undefined || name === undefined || rest.length > 0 || name === '') {
      throw new ConfigurationError(`environment ${key}: expected ${prefix}<section>__<option>.`)
    }
    fromEnv[section] = { ...fromEnv[section], [name]: value }
    note(section, name, `environment ${key}`)
  }
  provider.add('environment', { type: 'literal', store: fromEnv })

  for (const file of [...files].reverse()) {
    const content = readIni(file)
    for (const { section, name, line } of [...content.entries].reverse()) note(section, name, `${file}:${line}`)
    provider.file(file, { file, format: { parse: text => toTree(parseIni(text)), stringify: stringifyIni } })
  }

  return {
    find(section, name) {
      // nconf joins keys with ':'; no section or option name has one.
      const value: unknown = provider.get(`${section}:${name}`)
      if (typeof value !== 'string') return undefined
      return { text: value, origin: origins.get(labelOf({ section, name })) ?? 'configuration' }
    },
    names: () =>
      [...origins].map(([label, origin]) => {
        const [section, name] = label.slice(1).split('] ') as [string, string]
        return { section, name, origin }
      }),
  }
}

function readIni(file: string): IniContent {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigurationError(`Configuration file ${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}.`)
  }
  try {
    return parseIni(text)
  } catch (error) {
    throw new ConfigurationError(`${file}, ${(error as Error).message}`)
  }
}

function parseOverride(override: string): { section: string; name: string; value: string } {
  const match = /^--([^:=]+):([^=]+)=([\s\S]*)$/.exec(override)
  if (match === null) {
    throw new ConfigurationError(`command line: ${override} is not known; an option is given as --SECTION:option=value.`)
  }
  return { section: match[1] as string, name: match[2] as string, value: match[3] as string }
}

function hint(name: string, known: Iterable<string>, before = '', after = ''): string {
  const near = nearest(name, known)
  return near === undefined ? '' : `; did you mean ${before}${near}${after}?`
}
