import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { Option } from '@hearth/config'
import type { MigrationLine } from '@hearth/db'
import { Container, type ServiceIdentifier } from 'inversify'
import { flawOf } from '../template/formats/check.js'
import { Constraint } from './constraint.js'
import { Engine } from './engine.js'
import { EventSink } from './event-sink.js'
import { apiVersion, type HearthPlugin, isPlugin } from './plugin.js'
import { ResourceType } from './resource-type.js'
import { TemplateFormat } from './template-format.js'
import { UnavailableType } from './unavailable-type.js'

/** A plugin cannot be used. The message names it, and what to do. */
export class PluginError extends Error {}

/** What all plugins contribute, each with the plugin it comes from. */
export interface Contributions {
  readonly engines: readonly Engine[]
  readonly types: readonly ResourceType[]
  readonly unavailable: readonly UnavailableType[]
  readonly constraints: readonly Constraint[]
  readonly sinks: readonly EventSink[]
  readonly formats: readonly TemplateFormat[]
}

/**
 * Imports the packages that `[DEFAULT] plugins` names, as the daemon's own package sees them.
 * @param from a module of the package whose dependencies are searched first; then the working directory's.
 * @throws PluginError in one line that names the package.
 */
export async function importPlugins(names: readonly string[], from: string): Promise<HearthPlugin[]> {
  const plugins: HearthPlugin[] = []
  for (const name of new Set(names)) {
    const exported = (await importPackage(name, from)).default
    if (!isPlugin(exported)) {
      throw new PluginError(
        `${name}: its default export is not a Hearth plugin; expected definePlugin({ … }) of @hearth/core/plugin.`,
      )
    }
    if (exported.apiVersion !== apiVersion) {
      throw new PluginError(
        `${name}: it is made for version ${exported.apiVersion} of the plugin contract, this Hearth has version ${apiVersion}; install a release of it for version ${apiVersion}.`,
      )
    }
    plugins.push(exported)
  }
  return plugins
}

async function importPackage(name: string, from: string): Promise<{ default?: unknown }> {
  for (const base of [from, pathToFileURL(`${process.cwd()}/`).href]) {
    let file: string
    try {
      file = createRequire(base).resolve(name)
    } catch {
      continue
    }
    try {
      return (await import(pathToFileURL(file).href)) as { default?: unknown }
    } catch (error) {
      throw new PluginError(`${name}: it cannot be loaded: ${(error as Error).message}`)
    }
  }
  throw new PluginError(
    `${name}: no such package is installed ([DEFAULT] plugins); install it with npm, or take it off the list.`,
  )
}

export const optionsOf = (plugins: readonly HearthPlugin[]): Option<unknown>[] =>
  plugins.flatMap(({ options = [] }) => options)

export const migrationLinesOf = (plugins: readonly HearthPlugin[]): MigrationLine[] =>
  plugins.flatMap(({ name, migrations }) => (migrations === undefined ? [] : [{ name, folder: migrations }]))

/**
 * Builds each plugin's contributions in a child container of its own: it can use the host's services and cannot
 * replace them. @throws PluginError naming the plugin whose contribution cannot be built, or the two of one name.
 */
export async function collect(plugins: readonly HearthPlugin[], host: Container): Promise<Contributions> {
  const engines = new Unique<Engine>('engine', named)
  const types = new Unique<ResourceType>('resource type', named)
  const constraints = new Unique<Constraint>('constraint', named)
  const sinks = new Unique<EventSink>('event sink', named)
  const formats = new Unique<TemplateFormat>('template format', ({ key }) => key)
  // Whoever says that a type is not there does not keep another plugin from bringing it.
  const unavailable: UnavailableType[] = []
  for (const { name, contributions } of plugins) {
    const child = new Container({ parent: host, defaultScope: 'Singleton' })
    try {
      await child.loadAsync(contributions)
      for (const engine of all(child, Engine)) engines.add(engine, name)
      for (const type of all(child, ResourceType)) types.add(type, name)
      unavailable.push(...all(child, UnavailableType))
      for (const constraint of all(child, Constraint)) constraints.add(constraint, name)
      for (const sink of all(child, EventSink)) sinks.add(sink, name)
      for (const format of all(child, TemplateFormat)) {
        const flaw = flawOf(format)
        if (flaw !== undefined)
          throw new PluginError(`${name}: the template format '${format.key}' cannot be used: ${flaw}.`)
        formats.add(format, name)
      }
    } catch (error) {
      throw error instanceof PluginError
        ? error
        : new PluginError(`${name}: its contributions cannot be built: ${(error as Error).message}`)
    }
  }
  return {
    engines: engines.members,
    types: types.members,
    unavailable,
    constraints: constraints.members,
    sinks: sinks.members,
    formats: formats.members,
  }
}

const named = ({ name }: { readonly name: string }): string => name

const all = <T>(container: Container, id: ServiceIdentifier<T>): T[] =>
  container.isCurrentBound(id) ? container.getAll(id) : []

/** Contributions by name: a second one of a name is refused, and both plugins are named. */
class Unique<T> {
  readonly members: T[] = []
  private readonly origin = new Map<string, string>()

  constructor(
    private readonly kind: string,
    private readonly nameOf: (member: T) => string,
  ) {}

  add(member: T, plugin: string): void {
    const name = this.nameOf(member)
    const other = this.origin.get(name)
    if (other !== undefined) {
      throw new PluginError(
        `${plugin}: ${this.kind} '${name}' also comes from ${other}; load one of them ([DEFAULT] plugins).`,
      )
    }
    this.origin.set(name, plugin)
    this.members.push(member)
  }
}
