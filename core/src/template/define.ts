import * as errors from '../errors.js'
import type { Json, JsonMap } from '../plugin/json.js'
import { Unknown } from '../plugin/schema.js'
import { ResourceFailure, type ResourceType } from '../plugin/resource-type.js'
import { checkPropertyNames, coerceProperties } from '../resource/properties.js'
import type { TypeRegistry } from '../resource/types.js'
import { Conditions } from './conditions.js'
import { StackDefinition } from './definition.js'
import { type Environment, environmentOf, refuseUnsupported } from './environment.js'
import { type Checks, unknownScope } from './expression.js'
import { Room } from './functions/room.js'
import type { Surroundings } from './functions/rule.js'
import { type Language, plainLanguage } from './language.js'
import { isMap, put } from './maps.js'
import { parseOutputs } from './output-definition.js'
import { checkParameterGroups } from './parameters/groups.js'
import { type NamedStack, Parameters } from './parameters/parameters.js'
import { type ParameterSchema, parseParameterSchemas } from './parameters/schema.js'
import { Parser } from './parser.js'
import { Problems } from './problems.js'
import { compare, repr, truthy, typeOf } from './python.js'
import { checkResourceKeys, ResourceDefinition } from './resource-definition.js'
import { didYouMean, suggestion } from './suggest.js'
import type { Version } from './formats/format.js'
import { versionKeys, versionOf } from './formats/index.js'

export interface DefineInput {
  readonly template: JsonMap
  readonly environment: Partial<Environment> | JsonMap
  readonly files: Readonly<Record<string, string>>
  readonly stack: NamedStack
  readonly types: TypeRegistry
  /** Absent: as Heat has it by default. */
  readonly language?: Language
  /** False: a stored template, which was valid before. Parameters and conditions are evaluated all the same. */
  readonly validate?: boolean
  /** False: parameters need no value. Default true. */
  readonly strict?: boolean
  /** Seconds that an operation on the stack may take, for types that check it. */
  readonly timeoutSeconds?: number
  /** Resources that the template may have; below zero: any number. */
  readonly maxResources?: number
  /** PATCH: given parameters that the template does not declare are dropped. */
  readonly dropUnknownParameters?: boolean
  /** Gathers what is wrong; absent: the first thing is thrown. */
  readonly problems?: Problems
}

/** Makes a definition of a template, its environment and files. Checks in Heat's order. @throws HearthError */
export function define(input: DefineInput): StackDefinition {
  const { template, stack, types, files, validate = true, strict = true, problems = new Problems(false) } = input
  const language = input.language ?? plainLanguage
  const version = versionOf(template)
  const { sections } = version.words
  const schemas = parseParameterSchemas(template[sections.parameters], version, problems)
  const environment = environmentFor(input, schemas)
  refuseUnsupported(environment)
  const snippets = checkSections(template, version, input.maxResources ?? -1, problems)

  const parameters = new Parameters(schemas, environment, version.pseudoParameters(stack), strict, language.constraints)
  const names = new Set<string>()
  const around: Surroundings = {
    version,
    files,
    room: new Room(),
    language,
    mappings: mappingsOf(template, version),
    parameter: name => (problems.broken.has(name) ? new Unknown('it is not declared well') : parameters.value(name)),
    hasParameter: name => parameters.has(name),
    hasResource: name => names.has(name),
    condition: name => conditions.truth(name),
  }
  const parser = new Parser(around)
  const conditions = new Conditions(sectionOf(template, sections.conditions), sections.conditions, (value, path) =>
    parser.parse(value, path, 'condition'),
  )
  const resources = new Map<string, ResourceDefinition>()
  for (const [name, snippet] of snippets) {
    const path = `${sections.resources}.${name}`
    const definition = problems.attempt(path, () => new ResourceDefinition(name, snippet, parser, around), name)
    if (definition === undefined) names.add(name)
    else if (definition.enabled) resources.set(name, definition)
  }
  for (const name of [...resources.keys(), ...problems.broken]) names.add(name)

  if (validate) {
    parameters.validate(problems, sections.parameters)
    problems.attempt(sections.groups ?? '', () =>
      checkParameterGroups(sectionOf(template, sections.groups), new Set([...parameters.names, ...problems.broken])),
    )
    problems.attempt(sections.conditions ?? '', () => conditions.checkTypes())
    for (const resource of resources.values()) {
      problems.attempt(resource.pathOf('type'), () => checkType(resource.type, types))
    }
    problems.attempt(sections.resources, () => checkDuplicates(parameters.names, new Set(resources.keys())))
  }
  const known = new Set(snippets.keys())
  for (const resource of resources.values()) {
    const path = `${sections.resources}.${resource.name}`
    const requires = problems.attempt(path, () => requirementsOf(resource, names, known, validate))
    if (requires === undefined) problems.broken.add(resource.name)
    else resource.requires = requires
  }
  const parts = {
    version,
    templateJson: template,
    environment,
    files,
    parameters,
    resources,
    label: labelBy(resources, types),
  }
  if (validate) {
    const ordered = problems.attempt(sections.resources, () =>
      new StackDefinition({ ...parts, outputs: new Map() }).inOrder(),
    )
    checkResources(ordered ?? [...resources.keys()], resources, input, problems)
  }
  const outputs = parseOutputs(template[sections.outputs], parser, around, problems)
  if (validate) {
    for (const output of outputs.values()) {
      problems.attempt(output.path, () => output.check(checksOf(resources, types)))
    }
  }
  problems.settle()
  return new StackDefinition({ ...parts, outputs })
}

function environmentFor(input: DefineInput, schemas: ReadonlyMap<string, ParameterSchema>): Environment {
  const environment = environmentOf(input.environment as JsonMap)
  if (input.dropUnknownParameters !== true) return environment
  const parameters: JsonMap = {}
  for (const [name, value] of Object.entries(environment.parameters))
    if (schemas.has(name)) put(parameters, name, value)
  return { ...environment, parameters }
}

const sectionOf = (template: JsonMap, name: string | undefined): Json | undefined =>
  name === undefined ? undefined : template[name]

/** The resources' snippets, after the names of sections and of resources' keys were checked. */
function checkSections(
  template: JsonMap,
  version: Version,
  maxResources: number,
  problems: Problems,
): Map<string, JsonMap> {
  const wrong = (message: string): Error => errors.stackValidationFailed({ message })
  const { sections, resourcesMap } = version.words
  const known: readonly (string | undefined)[] = [...versionKeys, ...Object.values(sections)]
  for (const section of Object.keys(template)) {
    problems.attempt(section, () => {
      if (known.includes(section)) return
      throw wrong(`The template section is invalid: ${section}${didYouMean(section, Object.values(sections))}`)
    })
  }
  const resources = template[sections.resources] ?? null
  if (!truthy(resources)) return new Map()
  if (!isMap(resources)) throw wrong(`${resourcesMap} Found a [${typeOf(resources as Json)}] instead`)
  const snippets = new Map<string, JsonMap>()
  for (const [name, snippet] of Object.entries(resources)) {
    const path = `${sections.resources}.${name}`
    const checked = problems.attempt(path, () => checkResourceKeys(name, snippet, version), name)
    if (checked !== undefined) snippets.set(name, checked)
  }
  if (maxResources >= 0 && snippets.size > maxResources) {
    throw errors.requestLimitExceeded('Maximum resources per stack exceeded.')
  }
  return snippets
}

/** @throws HearthError with the path of what is no map of maps. */
function mappingsOf(template: JsonMap, { words }: Version): JsonMap {
  const name = words.sections.mappings
  const mappings = sectionOf(template, name) ?? {}
  const wrong = (path: string, what: Json): Error =>
    errors.stackValidationFailed({ path, message: `Mappings must be a map of maps. Found a ${typeOf(what)} instead` })
  if (!isMap(mappings)) throw wrong(name ?? '', mappings)
  for (const [key, mapping] of Object.entries(mappings)) {
    if (!isMap(mapping)) throw wrong(`${name}.${key}`, mapping)
  }
  return mappings
}

function checkType(type: string, types: TypeRegistry): void {
  if (types.find(type) !== undefined) return
  const meant = suggestion(type, types.names())
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`
  throw errors.stackValidationFailed({ message: `The Resource Type (${type}) could not be found.${hint}` })
}

function checkDuplicates(parameters: readonly string[], resources: ReadonlySet<string>): void {
  const both = parameters.filter(name => resources.has(name)).sort(compare)
  if (both.length === 0) return
  throw errors.stackValidationFailed({ message: `Duplicate names {${both.map(repr).join(', ')}}` })
}

/** @throws HearthError InvalidTemplateReference */
function requirementsOf(
  { name, type, externalId, dependsOn, references }: ResourceDefinition,
  enabled: ReadonlySet<string>,
  known: ReadonlySet<string>,
  validate: boolean,
): string[] {
  const requires = new Set<string>()
  if (externalId !== null) {
    if (validate && dependsOn.length > 0) throw errors.invalidExternalDependency(type, externalId)
    return []
  }
  for (const required of dependsOn) {
    if (enabled.has(required)) requires.add(required)
    else if (validate && !known.has(required)) throw errors.invalidTemplateReference(required, name)
  }
  for (const { resource, path } of references) {
    if (enabled.has(resource)) requires.add(resource)
    else if (validate) throw errors.invalidTemplateReference(resource, path)
  }
  return [...requires]
}

function labelBy(resources: ReadonlyMap<string, ResourceDefinition>, types: TypeRegistry): (name: string) => string {
  return name => {
    const type = resources.get(name)?.type ?? ''
    return `${types.find(type)?.className ?? type} "${name}"`
  }
}

function checksOf(resources: ReadonlyMap<string, ResourceDefinition>, types: TypeRegistry): Checks {
  return {
    hasResource: name => resources.has(name),
    hasAttribute: (name, attribute) => {
      const attributes = types.find(resources.get(name)?.type ?? '')?.attributes
      return (
        attributes === undefined || attributes === 'any' || attribute === 'show' || Object.hasOwn(attributes, attribute)
      )
    },
  }
}

function checkResources(
  order: readonly string[],
  resources: ReadonlyMap<string, ResourceDefinition>,
  input: DefineInput,
  problems: Problems,
): void {
  const checks = checksOf(resources, input.types)
  for (const name of order) {
    const resource = resources.get(name)
    const type = resource && input.types.find(resource.type)
    if (resource === undefined || type === undefined || problems.broken.has(name)) continue
    problems.attempt(resource.pathOf('properties'), () => checkResource(resource, type, checks, input))
  }
}

function checkResource(
  resource: ResourceDefinition,
  type: ResourceType,
  checks: Checks,
  { strict = true, timeoutSeconds = 0 }: DefineInput,
): void {
  resource.check(checks)
  if (resource.deletionPolicy === 'Snapshot' && type.snapshotDelete === undefined) {
    throw errors.stackValidationFailed({
      path: resource.pathOf('deletionPolicy'),
      message: '"Snapshot" deletion policy not supported',
    })
  }
  // Only groups take update policies.
  checkPropertyNames({}, resource.updatePolicies, resource.pathOf('updatePolicy'))
  const at = resource.pathOf('properties')
  // The properties of an external resource are not used.
  if (!strict || resource.externalId !== null) return checkPropertyNames(type.properties, resource.propertyNames, at)
  const properties = coerceProperties(type.properties, resource.resolveProperties(unknownScope), at)
  try {
    type.validate?.(properties, { timeoutSeconds })
  } catch (error) {
    throw ResourceFailure.is(error) ? errors.stackValidationFailed({ message: error.message }) : error
  }
}
