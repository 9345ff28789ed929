import * as errors from '../errors.js'
import type { Pieces } from '../pieces.js'
import type { JsonMap } from '../plugin/json.js'
import { Unknown } from '../plugin/schema.js'
import type { ParameterSchema } from '../plugin/template-format.js'
import { refuseUnstorable } from '../resource/properties/storable.js'
import { Conditions } from './conditions.js'
import type { DefineInput, Input } from './define.js'
import { checkEncryptedNames, type Environment, environmentOf } from './environment/environment.js'
import { ResourceRegistry } from './environment/resource-registry.js'
import type { Version } from './formats/version.js'
import type { Room } from './functions/room.js'
import type { Surroundings } from './functions/rule.js'
import { plainLanguage } from './language.js'
import { Parameters } from './parameters/parameters.js'
import { parseParameterSchemas } from './parameters/schema.js'
import { Parser } from './parser.js'
import { Problems } from './problems.js'
import { addResources, checkSections, mappingsOf, sectionOf } from './reading/sections.js'
import { requirementsOf } from './resources/resource-checks.js'
import { ResourceDefinition } from './resources/resource-definition.js'
import { ResourceKinds } from './resources/resource-kinds.js'
import { put } from './values/maps.js'

/** A definition while it is made: what the parts of a template are read with, and what has been read. */
export interface Draft {
  readonly input: Input
  readonly validate: boolean
  readonly problems: Problems
  readonly version: Version
  readonly environment: Environment
  readonly schemas: ReadonlyMap<string, ParameterSchema>
  readonly registry: ResourceRegistry
  readonly kinds: ResourceKinds
  /** The resources as they are written. */
  readonly snippets: ReadonlyMap<string, JsonMap>
  readonly parameters: Parameters
  readonly conditions: Conditions
  readonly around: Surroundings
  readonly parser: Parser
  /** Those that have been read and are part of the stack. */
  readonly resources: Map<string, ResourceDefinition>
  /** What functions take for names of resources. */
  readonly names: Set<string>
}

/** All but the resources and outputs. */
export function beginDraft(room: Room, input: Input): Draft {
  const {
    template,
    stack,
    types,
    files,
    facade,
    validate = true,
    strict = true,
    problems = new Problems(false),
  } = input
  const language = input.language ?? plainLanguage
  const { checks = language.constraints } = input
  const version = language.formats.versionOf(template)
  const { sections, resource: words } = version.words
  const schemas = parseParameterSchemas(template[sections.parameters], version, problems)
  const environment = environmentFor(input, schemas)
  if (validate) {
    checkTexts(input, environment, problems)
    problems.attempt('environment', () => checkEncryptedNames(environment))
    language.sinks.check(environment.event_sinks, checks, problems.attempts)
  }
  const registry = new ResourceRegistry(environment.resource_registry, problems.attempts)
  const kinds = new ResourceKinds(
    registry,
    types,
    files,
    environment,
    { maxSize: input.nesting.maxTemplateSize, formats: language.formats, stored: !validate },
    resource => `${sections.resources}.${resource}.${words.type}`,
  )
  const most = validate ? input.nesting.count.most : -1
  const snippets = checkSections(template, language.formats.keys, version, most, problems)

  const pseudo = version.pseudoParameters(stack)
  const secret = facade?.secret === true
  const parameters = new Parameters(schemas, environment, pseudo, strict, checks, new Set(input.unknown), secret)
  const names = new Set<string>()
  const around: Surroundings = {
    version,
    files,
    room,
    language,
    mappings: mappingsOf(template, version, problems.attempts),
    parameter: name => (problems.broken.has(name) ? new Unknown('it is not declared well') : parameters.value(name)),
    hasParameter: name => parameters.has(name),
    isHidden: name => parameters.hidden.has(name),
    secret,
    resources: names,
    condition: name => conditions.truth(name),
    facade: what => facade?.[what] ?? noFacade(validate),
  }
  const parser = new Parser(around, problems, !validate)
  const conditions = new Conditions(
    sectionOf(template, sections.conditions),
    sections.conditions,
    (value, path) => parser.parse(value, path, 'condition'),
    problems.attempts,
  )
  return {
    input,
    validate,
    problems,
    version,
    environment,
    schemas,
    registry,
    kinds,
    snippets,
    parameters,
    conditions,
    around,
    parser,
    resources: new Map(),
    names,
  }
}

/** Reads the resources, a piece each, and counts those that are certain to be there. */
export function* readResources(draft: Draft): Pieces<void> {
  const { input, validate, problems, version, snippets, parser, around, resources, names } = draft
  const section = version.words.sections.resources
  for (const [name, snippet] of snippets) {
    const { result: definition } = problems.tried(
      `${section}.${name}`,
      () => new ResourceDefinition(name, snippet, parser, around, problems),
      undefined,
    )
    yield
    if (definition === undefined || definition.type === '') problems.broken.add(name)
    else if (definition.enabled !== false) resources.set(name, definition)
  }
  for (const name of [...resources.keys(), ...problems.broken]) names.add(name)
  if (!validate) return
  // Of many that are alike each has the same conditions.
  const certain = [...resources.values()].filter(({ enabled }) => enabled === true).length
  problems.attempt(section, () => addResources(input.nesting.count, certain))
}

/** Tells each resource what it requires. @returns names of no resource, which was told. */
export function connectResources({ validate, problems, snippets, resources, names }: Draft): ReadonlySet<string> {
  const known = new Set(snippets.keys())
  const nobodys = new Set<string>()
  const looking = { validate, attempt: problems.attempts, missing: (name: string) => nobodys.add(name) }
  for (const resource of resources.values()) {
    const work = (): readonly string[] => requirementsOf(resource, names, known, looking)
    const requires = problems.tried(resource.path, work, undefined).result
    if (requires !== undefined) resource.requires = requires
  }
  return nobodys
}

/** All that would be stored can be. */
function checkTexts({ template, files, nesting }: Input, environment: Environment, problems: Problems): void {
  problems.attempt('', () => refuseUnstorable('', template))
  // The stacks inside have the same files, and nothing else of the environment.
  if (nesting.around.length > 0) return
  problems.attempt('environment', () => refuseUnstorable('environment', { ...environment }))
  problems.attempt('files', () => refuseUnstorable('files', files))
}

/** A stored template was valid, and is inside of a resource of which nothing is told here. */
function noFacade(validate: boolean): Unknown {
  if (!validate) return new Unknown('it is known inside of a resource')
  throw errors.valueError(
    'It is only known inside of a resource whose type is this template; this stack is in none. Validate the template around, with this one among its files',
  )
}

function environmentFor(input: DefineInput, schemas: ReadonlyMap<string, ParameterSchema>): Environment {
  const environment = environmentOf(input.environment as JsonMap)
  if (input.dropUnknownParameters !== true) return environment
  const parameters: JsonMap = {}
  for (const [name, value] of Object.entries(environment.parameters))
    if (schemas.has(name)) put(parameters, name, value)
  return { ...environment, parameters }
}
