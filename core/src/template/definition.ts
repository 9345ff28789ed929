import * as errors from '../errors.js'
import type { ChildTemplate } from '../plugin/children.js'
import type { Json, JsonMap } from '../plugin/json.js'
import type { ResourceType } from '../plugin/resource-type.js'
import { type ChildContent, childContent } from './inside/child.js'
import { emptyEnvironment, type Environment } from './environment/environment.js'
import type { Facade } from './inside/facade.js'
import { holdsHidden } from './inside/holds-hidden.js'
import { inOrder } from './graph.js'
import type { Scope } from './expression.js'
import { Allowance } from './functions/allowance.js'
import type { Room } from './functions/room.js'
import type { Language } from './language.js'
import type { Pieces } from '../pieces.js'
import type { OutputDefinition, ResolvedOutput } from './output-definition.js'
import type { Parameters } from './parameters/parameters.js'
import { equal } from './values/python.js'
import type { ResourceDefinition } from './resources/resource-definition.js'
import type { ResourceKinds } from './resources/resource-kinds.js'
import type { ResourceRegistry } from './environment/resource-registry.js'
import type { Version } from './formats/index.js'

/** A template with its environment and files, as stored. */
export interface DefinitionContent {
  readonly content: JsonMap
  readonly environment: Environment
  readonly files: Record<string, string>
  /** Of a stack inside a resource. */
  readonly facade?: Facade
}

/** Characters that the values of all outputs of a stack may have, together: an answer holds them all. */
const largestOutputs = 4 * 1024 * 1024

/** What a stack is to be: everything that follows from template, environment and files. Immutable. */
export class StackDefinition {
  readonly version: Version
  readonly description: string
  readonly templateJson: JsonMap
  /** As it is to be stored. */
  readonly environment: Environment
  readonly files: Readonly<Record<string, string>>
  /** Undefined: it is not inside of a resource. */
  readonly facade: Facade | undefined
  readonly parameterGroups: readonly Json[]
  readonly parameters: Parameters
  /** Where resources stop, and what an update may not do to them. */
  readonly registry: ResourceRegistry
  /** Only those whose condition is not false. */
  readonly resources: ReadonlyMap<string, ResourceDefinition>
  readonly outputs: ReadonlyMap<string, OutputDefinition>
  private readonly kinds: ResourceKinds
  private readonly room: Room
  private readonly language: Language
  private readonly label: (name: string) => string
  private order: readonly string[] | undefined

  constructor(parts: {
    readonly version: Version
    readonly templateJson: JsonMap
    readonly environment: Environment
    readonly files: Readonly<Record<string, string>>
    readonly facade: Facade | undefined
    readonly parameters: Parameters
    readonly registry: ResourceRegistry
    readonly kinds: ResourceKinds
    readonly room: Room
    readonly language: Language
    readonly resources: ReadonlyMap<string, ResourceDefinition>
    readonly outputs: ReadonlyMap<string, OutputDefinition>
    /** How an error names a resource, e.g. `RandomString "key"`. */
    readonly label: (name: string) => string
  }) {
    const { description, groups } = parts.version.words.sections
    const grouped = groups === undefined ? undefined : parts.templateJson[groups]
    this.version = parts.version
    this.templateJson = parts.templateJson
    this.description = descriptionOf(parts.templateJson[description])
    this.environment = parts.environment
    this.files = parts.files
    this.facade = parts.facade
    this.parameterGroups = Array.isArray(grouped) ? grouped : []
    this.parameters = parts.parameters
    this.registry = parts.registry
    this.kinds = parts.kinds
    this.room = parts.room
    this.language = parts.language
    this.resources = parts.resources
    this.outputs = parts.outputs
    this.label = parts.label
  }

  /** What carries a resource out: its type, or what the environment has instead. Undefined: nothing that is loaded. */
  typeOf(resource: string): ResourceType | undefined {
    const definition = this.resources.get(resource)
    return definition === undefined ? undefined : this.kinds.of(definition)
  }

  /** The template file that a resource is; undefined: it is none. */
  fileOf(resource: string): string | undefined {
    const definition = this.resources.get(resource)
    return definition && this.kinds.templateIn(definition)?.children?.label
  }

  /**
   * What a stack inside a resource is made of, if it is to be of a template. @throws HearthError for a template that
   * cannot be read.
   */
  contentOf(resource: string, template: ChildTemplate, facade: Facade, maxTemplateSize: number): ChildContent {
    const definition = this.resources.get(resource)
    const entry = definition === undefined ? undefined : this.kinds.entryOf(definition)
    return childContent(this, resource, template, facade, entry, { ...this.kinds.reading, maxSize: maxTemplateSize })
  }

  /** Whether what it is made of, or is given, is to be kept encrypted: not everything in it needs to be secret. */
  get holdsSecrets(): boolean {
    return (
      this.parameters.hidden.size > 0 ||
      this.environment.event_sinks.length > 0 ||
      this.facade?.secret === true ||
      Object.values(this.files).some(holdsHidden) ||
      holdsHidden(this.templateJson)
    )
  }

  /** Evaluates many resources, a piece each, keeping their values: there is a limit to all of them. @throws what `work` throws. */
  evaluating<Result>(work: Pieces<Result>): Pieces<Result> {
    return this.room.together(new Allowance(this.language.steps, this.language.values), work)
  }

  /** Many outputs, a piece each. */
  resolveOutputs(outputs: readonly OutputDefinition[], scope: Scope): Pieces<ResolvedOutput[]> {
    return this.room.together(new Allowance(this.language.steps, largestOutputs), resolving(outputs, scope))
  }

  private placeOf(name: string, required: string): string {
    return this.resources.get(name)?.placeOf(required) ?? ''
  }

  /** Names of resources, requirements first. @throws HearthError CircularDependencyException */
  inOrder(): readonly string[] {
    this.order ??= inOrder(this.resources, this.label, (name, required) => this.placeOf(name, required))
    return this.order
  }
}

function* resolving(outputs: readonly OutputDefinition[], scope: Scope): Pieces<ResolvedOutput[]> {
  const resolved: ResolvedOutput[] = []
  for (const output of outputs) {
    resolved.push(output.resolve(scope))
    yield
  }
  return resolved
}

const descriptionOf = (given: Json | undefined): string => {
  if (given === undefined || given === null) return 'No description'
  return typeof given === 'string' ? given : JSON.stringify(given)
}

/** A template of the same version with nothing in it: what the rollback of a create leads to. */
export function emptyTemplate({ templateJson, version, facade }: StackDefinition): DefinitionContent {
  return {
    content: keep(templateJson, [version.key]),
    environment: emptyEnvironment,
    files: {},
    ...aroundIn({ facade }),
  }
}

/** The same template without resources and outputs: what a delete leads to. */
export function emptiedTemplate(definition: StackDefinition): DefinitionContent {
  const { templateJson, version, environment, files } = definition
  const { resources, outputs } = version.words.sections
  const kept = Object.keys(templateJson).filter(key => key !== resources && key !== outputs)
  return { content: keep(templateJson, kept), environment, files: { ...files }, ...aroundIn(definition) }
}

/** What the stack has been told of the resource around, for another template of the same stack. */
export const aroundIn = ({ facade }: { readonly facade?: Facade | undefined }): Pick<DefinitionContent, 'facade'> =>
  facade === undefined ? {} : { facade }

const keep = (template: JsonMap, keys: readonly string[]): JsonMap =>
  Object.fromEntries(keys.flatMap(key => (Object.hasOwn(template, key) ? [[key, template[key] as Json]] : [])))

/**
 * Parameters that the new template calls immutable keep their value. A new value is compared as it was given, so the
 * number 5 and the text "5" differ.
 * @throws HearthError ImmutableParameterModified
 */
export function checkImmutable(before: StackDefinition, after: StackDefinition): void {
  const changed = [...after.parameters.schemas.values()].filter(({ name, immutable }) => {
    if (!immutable || !before.parameters.schemas.has(name)) return false
    const value = after.parameters.given(name) ?? after.parameters.value(name)
    return !equal(before.parameters.value(name), value)
  })
  if (changed.length > 0) throw errors.immutableParameterModified(changed.map(({ name }) => name))
}
