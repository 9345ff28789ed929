import { isDeepStrictEqual } from 'node:util'
import { isUnusedHeatOption } from './heat-options.js'
import { interpolate, type Written } from './interpolate.js'
import { labelOf, type Option } from './option.js'
import { hostOptions } from './options/index.js'
import { readSources, type Setting, type Sources, type Store } from './sources.js'
import { unknownSetting } from './unknown.js'

/** The daemon or a tool cannot start with this configuration. One problem a line: where, what, and what is allowed. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'))
  }
}

export interface Reloaded {
  /** False: a source cannot be read, and nothing has changed. */
  readonly read: boolean
  readonly changed: readonly Option<unknown>[]
  /** Why a new value was not taken; the old one stays. */
  readonly problems: readonly string[]
}

type Watcher = (value: never) => void

/** The options and their values: command line before environment before files (later wins) before declared defaults. */
export class Configuration {
  private readonly declared = new Map<string, Option<unknown>>()
  private readonly values = new Map<Option<unknown>, unknown>()
  private readonly watchers = new Map<Option<unknown>, Set<Watcher>>()
  private store: Store

  /** @throws ConfigurationError with all files that cannot be read, or else all values that are not allowed. */
  constructor(
    private readonly sources: Sources,
    options: readonly Option<unknown>[] = hostOptions,
  ) {
    this.store = readSources(sources)
    if (this.store.problems.length > 0) throw new ConfigurationError(this.store.problems)
    this.declare(options)
  }

  /** Adds options, a plugin's for example: all or none.
   *  @throws ConfigurationError if one is declared already or its value is not allowed. */
  declare(options: readonly Option<unknown>[]): void {
    const problems: string[] = []
    const added = new Map<string, Option<unknown>>()
    const values = new Map<Option<unknown>, unknown>()
    for (const option of options) {
      const label = labelOf(option)
      const other = this.declared.get(label) ?? added.get(label)
      if (other === option) continue
      if (other !== undefined) problems.push(`${label} is declared twice; a plugin must use a section of its own.`)
      added.set(label, option)
    }
    for (const option of added.values())
      read(option, this.store, this.written(this.store, added), value => values.set(option, value), problems)
    if (problems.length > 0) throw new ConfigurationError(problems)
    for (const [label, option] of added) this.declared.set(label, option)
    for (const [option, value] of values) this.values.set(option, value)
  }

  /** The value now; a mutable option may answer differently after a reload. */
  get<T>(option: Option<T>): T {
    if (!this.values.has(option)) throw new Error(`${labelOf(option)} is not declared.`)
    return this.values.get(option) as T
  }

  /** Where the value comes from: `hearth.conf:14`, `HEARTH__…`, `--…` or `default`. */
  origin(option: Option<unknown>): string {
    return this.store.find(option.section, option.name)?.origin ?? 'default'
  }

  options(): readonly Option<unknown>[] {
    return [...this.declared.values()]
  }

  /** A line for each setting that nobody declared, with the nearest name. Ask after the plugins have declared theirs. */
  warnings(): string[] {
    return this.undeclared()
      .filter(({ section, name }) => !isUnusedHeatOption(section, name))
      .map(setting => unknownSetting(setting, this.options()))
  }

  /** Options of Heat that are set and that Hearth has no use for, as `[section] name`. */
  ignored(): string[] {
    return this.undeclared()
      .filter(({ section, name }) => isUnusedHeatOption(section, name))
      .map(labelOf)
  }

  /** Calls `changed` with each new value of a mutable option; it must not throw. Answers how to end that. */
  watch<T>(option: Option<T>, changed: (value: T) => void): () => void {
    const watchers = this.watchers.get(option) ?? new Set()
    this.watchers.set(option, watchers.add(changed))
    return () => watchers.delete(changed)
  }

  /** Reads all sources again, takes the mutable options that changed and tells their watchers. Never throws: a source
   *  that cannot be read changes nothing, a value that is not allowed leaves the old one. */
  reload(): Reloaded {
    const store = readSources(this.sources)
    if (store.problems.length > 0) return { read: false, changed: [], problems: store.problems }
    const problems: string[] = []
    const changed: Option<unknown>[] = []
    const change = (option: Option<unknown>, value: unknown) => {
      if (isDeepStrictEqual(value, this.values.get(option))) return
      if (!option.mutable) {
        const origin = store.find(option.section, option.name)?.origin ?? 'default'
        problems.push(`${origin}: ${labelOf(option)} changed, but only a restart takes it.`)
        return
      }
      this.values.set(option, value)
      changed.push(option)
    }
    const find = this.written(store)
    for (const option of this.options()) read(option, store, find, value => change(option, value), problems)
    this.store = store
    for (const option of changed)
      for (const watcher of this.watchers.get(option) ?? []) watcher(this.values.get(option) as never)
    return { read: true, changed, problems }
  }

  /** What a reference finds: what a source sets, else the default of an option that is declared. */
  private written(store: Store, added: ReadonlyMap<string, Option<unknown>> = new Map()) {
    return (section: string, name: string): Written | undefined => {
      const label = labelOf({ section, name })
      const option = this.declared.get(label) ?? added.get(label)
      return store.find(section, name) ?? (option && { section, name, text: option.type.print(option.default) })
    }
  }

  private undeclared(): Setting[] {
    return this.store.all().filter(setting => !this.declared.has(labelOf(setting)))
  }
}

/** Reads and checks the configuration. `options` are declared besides the host's.
 *  @throws ConfigurationError with all that is wrong */
export const loadConfiguration = ({
  files = [],
  env = process.env,
  overrides = [],
  options = [],
}: Partial<Sources> & { readonly options?: readonly Option<unknown>[] } = {}): Configuration =>
  new Configuration({ files, env, overrides }, [...hostOptions, ...options])

/** Hands the option's value to `keep`, or adds to `problems` why its text is not allowed. */
function read(
  option: Option<unknown>,
  store: Store,
  find: (section: string, name: string) => Written | undefined,
  keep: (value: unknown) => void,
  problems: string[],
): void {
  const found = store.find(option.section, option.name)
  if (found === undefined) return keep(option.default)
  const secret = option.type.secret === true
  const setting = `${found.origin}: ${labelOf(option)} = ${secret ? '(not shown)' : found.text}`
  let text: string
  try {
    text = interpolate(found, find)
  } catch (error) {
    const why = secret ? 'a reference to another option that is not there, or a circle' : (error as Error).message
    problems.push(`${setting}: ${why}${secret ? '; write $$ for a dollar sign' : ''}.`)
    return
  }
  const value = option.type.parse(text)
  if (value !== undefined || (text === '' && option.type.neverEmpty !== true)) return keep(value ?? option.default)
  problems.push(`${setting}: expected ${option.type.expected}.`)
}
